"""微信公众号 between its platform and the desk: see docs/runbooks/wechat.md."""
