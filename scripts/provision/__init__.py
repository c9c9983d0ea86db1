"""Everything a machine needs before the project's own packages exist. Standard library, Python 3.8 or newer."""
