"""What the service may answer from, who approved it, and how it is changed while people ask."""
