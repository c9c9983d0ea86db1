"""Conversations at once, beside a bare Rasa: ``make bench-load`` and ``make soak``."""
