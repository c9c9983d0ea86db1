"""Conversations with residents: who speaks in them, the bot or a person, and what was said."""
