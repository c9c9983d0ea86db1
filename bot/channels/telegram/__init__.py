"""Telegram: updates into a durable spool, from there to the gateway in order of each chat, replies back."""
