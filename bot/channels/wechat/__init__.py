"""微信公众号 between its platform and the desk: see docs/adr/0019-wechat.md."""
