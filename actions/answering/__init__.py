"""The answering pipeline: ``pipeline.py`` is the list of steps, one step a file."""
