"""Files as editors hand them in → plain text that the rest of this folder reads.

Everything here runs on bytes that somebody may have made to do harm: call it through ``limited``, which puts it
into a process of its own with bounds on memory, time and files.
"""
