"""Vectors in PostgreSQL with the pgvector extension: one engine for all replicas of the service.

A store is a table, a name is a row that points to one. Publishing moves the pointer in one transaction; a store
that was opened is copied inside the database before its first change.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import numpy as np

from embeddings.errors import IndexMissing, StoreError
from embeddings.vectors.protocol import ANY, Found, Labels, Only, Vectors, VectorStore
from embeddings.vectors.rows import checked
from embeddings.vectors.session import Session, written
from embeddings.vectors.tunables import Tunables, tunables

_NAMES = """CREATE TABLE IF NOT EXISTS haishu_vectors (
    relation text PRIMARY KEY, name text UNIQUE, dims integer NOT NULL, made timestamptz NOT NULL DEFAULT now())"""
_COLUMNS = "key text PRIMARY KEY, embedding vector({dims}) NOT NULL, district text NOT NULL, years integer[] NOT NULL"
_ABANDONED = "1 day"
_SEARCH = """SELECT key, 1 - (embedding <=> CAST(:query AS vector)) FROM {table}
    WHERE (:anywhere OR district = ANY(:districts)) AND (:anytime OR years && CAST(:years AS integer[]))
    ORDER BY embedding <=> CAST(:query AS vector) LIMIT :top"""


class PostgresStore:
    """One table of vectors; use ``PostgresEngine`` to get one."""

    def __init__(self, session: Session, table: str, dims: int, shared: bool) -> None:
        """:param shared: whether others may be reading this table, so that it must not be changed"""
        self.dims, self.table = dims, table
        self._session, self._shared = session, shared

    def __len__(self) -> int:
        return int(self._session.rows(f"SELECT count(*) FROM {self.table}")[0][0])

    def add(self, keys: Sequence[str], vectors: Vectors, labels: Sequence[Labels] = ()) -> None:
        """See ``VectorStore``."""
        given = checked(keys, vectors, labels, self.dims)
        known = self._session.rows(
            f"SELECT key FROM {self.table} WHERE key = ANY(:keys) LIMIT 1", keys=list(keys)
        )
        if known:
            raise StoreError(f"key {known[0][0]!r} is in the store already; remove it first")
        self._own()
        lines = (
            (key, written(vector), found.district, list(found.years))
            for key, vector, found in zip(keys, vectors, given, strict=True)
        )
        self._session.copy(f"COPY {self.table} (key, embedding, district, years) FROM STDIN", lines)

    def remove(self, keys: Sequence[str]) -> int:
        """See ``VectorStore``."""
        self._own()
        gone = self._session.rows(
            f"DELETE FROM {self.table} WHERE key = ANY(:keys) RETURNING key", keys=list(keys)
        )
        return len(gone)

    def search(self, query: Vectors, top: int, only: Only = ANY) -> Found:
        """See ``VectorStore``."""
        rows = self._session.rows(
            _SEARCH.format(table=self.table),
            query=written(query),
            top=max(top, 0),
            anywhere=not only.districts,
            districts=list(only.districts),
            anytime=not only.years,
            years=list(only.years),
        )
        return Found(tuple(row[0] for row in rows), np.array([row[1] for row in rows], dtype=np.float32))

    def cosines(self, query: Vectors, keys: Sequence[str]) -> Vectors:
        """See ``VectorStore``."""
        rows = self._session.rows(
            f"SELECT key, 1 - (embedding <=> CAST(:query AS vector)) FROM {self.table} WHERE key = ANY(:keys)",
            query=written(query),
            keys=list(keys),
        )
        found = {row[0]: row[1] for row in rows}
        if missing := [key for key in keys if key not in found]:
            raise StoreError(f"key {missing[0]!r} is not in the store")
        return np.array([found[key] for key in keys], dtype=np.float32)

    def share(self, statements: Sequence[str]) -> None:
        """Finish for readers: run ``statements``; from now on a change copies the table first."""
        self._session.run(*statements)
        self._shared = True

    def _own(self) -> None:
        """Have a table that nobody else reads."""
        if self._shared:
            copy = make_table(self._session, self.dims)
            self._session.run(f"INSERT INTO {copy} SELECT * FROM {self.table}")
            self.table, self._shared = copy, False


class PostgresEngine:
    """Published vector stores in one database.

    >>> engine = PostgresEngine("postgresql://user:password@host/name")
    >>> engine.open("passages").search(query, 10)
    """

    def __init__(self, url: str, tuned: Tunables | None = None) -> None:
        """Connects, and makes what is missing. Raises EngineUnavailable when that is not possible."""
        self._tuned = tuned or tunables()
        self._session = Session(url, self._tuned.search)
        self._session.run("CREATE EXTENSION IF NOT EXISTS vector", _NAMES)

    def create(self, dims: int) -> VectorStore:
        """See ``VectorEngine``. What is not published within a day may be cleared away."""
        return PostgresStore(self._session, make_table(self._session, dims), dims, shared=False)

    def publish(self, store: VectorStore, name: str) -> None:
        """See ``VectorEngine``. Readers that still hold what was there before have to open it again."""
        if not isinstance(store, PostgresStore):
            raise TypeError(f"{type(store).__name__} is no table here; publish it with its own engine")
        indexed = self._graph(store) if len(store) > self._tuned.graph_from else []
        store.share([*indexed, f"ANALYZE {store.table}"])
        old = self._session.rows("SELECT relation FROM haishu_vectors WHERE name = :name", name=name)
        if old and old[0][0] == store.table:
            return
        self._session.run(
            "DELETE FROM haishu_vectors WHERE name = :name",
            "UPDATE haishu_vectors SET name = :name WHERE relation = :table",
            name=name,
            table=store.table,
        )
        self._clear([row[0] for row in old])

    def open(self, name: str) -> VectorStore:
        """See ``VectorEngine``."""
        found = self._session.rows("SELECT relation, dims FROM haishu_vectors WHERE name = :name", name=name)
        if not found:
            raise IndexMissing(f"the vector database holds nothing under {name!r}; publish it first")
        return PostgresStore(self._session, found[0][0], found[0][1], shared=True)

    def drop(self, name: str) -> None:
        """See ``VectorEngine``."""
        gone = self._session.rows(
            "DELETE FROM haishu_vectors WHERE name = :name RETURNING relation", name=name
        )
        self._clear([row[0] for row in gone])

    def names(self) -> tuple[str, ...]:
        """All names, in order."""
        found = self._session.rows("SELECT name FROM haishu_vectors WHERE name IS NOT NULL ORDER BY name")
        return tuple(row[0] for row in found)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def _graph(self, store: PostgresStore) -> list[str]:
        links, breadth = min(self._tuned.links, 100), max(self._tuned.build, 2 * self._tuned.links)
        return [
            f"CREATE INDEX IF NOT EXISTS {store.table}_near ON {store.table} USING hnsw "
            f"(embedding vector_cosine_ops) WITH (m = {links}, ef_construction = {breadth})"
        ]

    def _clear(self, tables: Sequence[str]) -> None:
        """Drop these tables and those of builds that were never published."""
        gone = self._session.rows(
            "DELETE FROM haishu_vectors WHERE name IS NULL AND made < now() - CAST(:age AS interval) RETURNING relation",
            age=_ABANDONED,
        )
        self._session.run(
            *(f"DROP TABLE IF EXISTS {table}" for table in (*tables, *(row[0] for row in gone)))
        )


def make_table(session: Session, dims: int) -> str:
    """A new empty table; returns its name, which is ours and safe in SQL."""
    table = f"haishu_vectors_{secrets.token_hex(8)}"
    session.run(
        f"CREATE TABLE {table} ({_COLUMNS.format(dims=int(dims))})",
        "INSERT INTO haishu_vectors (relation, dims) VALUES (:table, :dims)",
        table=table,
        dims=int(dims),
    )
    return table
