"""What the README quotes, measured by commands."""
