"""Statements sent to the vector database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from embeddings.errors import EngineUnavailable
from embeddings.vectors.protocol import Vectors

WAIT = 5  # seconds until a connection counts as impossible
MAX_BREADTH = 1000  # pgvector's own bound of ef_search


class Session:
    """A pool of connections; every call is one transaction."""

    def __init__(self, url: str, breadth: int) -> None:
        """:param breadth: candidates pgvector looks at in a search"""
        scheme, _, rest = url.partition("://")
        if scheme.partition("+")[0] not in ("postgres", "postgresql"):
            raise EngineUnavailable(
                f"VECTOR_DSN begins with {scheme!r}; give postgresql://user:password@host/name"
            )
        self._engine = create_engine(
            f"postgresql+psycopg://{rest}", pool_pre_ping=True, connect_args={"connect_timeout": WAIT}
        )
        breadth = min(breadth, MAX_BREADTH)

        @event.listens_for(self._engine, "connect")
        def _tune(connection: Any, _record: object) -> None:
            # only known once the extension is loaded; as a custom setting they may be set before
            with connection.cursor() as cursor:
                cursor.execute(f"SET hnsw.ef_search = {breadth}")
                cursor.execute("SET hnsw.iterative_scan = 'strict_order'")
                cursor.execute("SET client_min_messages = 'warning'")
            connection.commit()

    def rows(self, statement: str, **values: object) -> list[Sequence[Any]]:
        """What one statement returns."""
        with self._connection() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def run(self, *statements: str, **values: object) -> None:
        """Several statements, all or none; each gets those of the values that it names."""
        with self._connection() as connection:
            for statement in statements:
                named = {name: value for name, value in values.items() if f":{name}" in statement}
                connection.execute(text(statement), named)

    def copy(self, statement: str, lines: Iterable[Sequence[object]]) -> None:
        """Fill a table with ``lines``, all or none."""
        with self._connection() as connection:
            driver: Any = connection.connection.driver_connection
            with driver.cursor() as cursor, cursor.copy(statement) as stream:
                for line in lines:
                    stream.write_row(line)

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            # the first line says what is wrong; the rest may quote the statement with its vector
            said = str(error.orig).strip().splitlines()[:1]
            raise EngineUnavailable(
                f"the vector database does not answer as it should: {' '.join(said)}. "
                "Check VECTOR_DSN, that PostgreSQL runs, and that it has the extension pgvector"
            ) from error


def written(vector: Vectors) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(map(repr, vector.tolist())) + "]"
