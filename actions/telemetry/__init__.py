"""One message followed through the processes: its id in every log line, its steps as spans and seconds."""
