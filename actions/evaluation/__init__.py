"""How good the answers are: a judge for question files that carry answer keys, and a report of its verdicts."""
