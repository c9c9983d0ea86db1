"""Passages become an index; a question becomes evidence. No wording, no dialogue."""
