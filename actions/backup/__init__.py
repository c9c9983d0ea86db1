"""Archives of what must not be lost: the ledger, the published documents, and which index they gave."""
