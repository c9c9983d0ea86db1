"""The commands of ``python -m bot.cli``, one file a stage."""
