"""Starting, watching and stopping the project's processes on one machine. ``bot.supervisor`` is the command."""
