"""How the ledger's tables came to be as they are; Alembic runs what is new when the service starts."""
