"""Published documents become passages and facts. Pure text: no vectors, no network."""
