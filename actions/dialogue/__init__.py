"""Dialogue turns: what a message means for the matter being taken down, and Rasa's actions around it."""
