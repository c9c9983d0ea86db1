"""Answers become messages; dialogue data, channels, the public gateway and the command line."""
