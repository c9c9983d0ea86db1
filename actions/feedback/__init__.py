"""What residents say about answers: 有用 or 没用, kept beside the tickets."""
