"""Where residents are: one folder a channel, each an adapter between its platform and the gateway's desk."""
