"""The editors' desk: hand in, look, approve, publish, go back. Publishing runs beside, one at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from actions.accounts.acts import SYSTEM
from actions.accounts.records import Operator
from actions.governance.contents import with_document, without_document
from actions.governance.current import Current, Served
from actions.governance.documents import DESCRIBED, PUBLISHED, WITHDRAWN, Documents, Handed
from actions.governance.errors import GovernanceError, NotAllowed
from actions.governance.publications import Publications
from actions.governance.publish import Publication, Publisher
from embeddings.errors import EmbeddingError
from knowledge.claims import Claim, claims, conflicts
from knowledge.errors import KnowledgeError
from knowledge.facts import table_facts
from knowledge.formats.limited import preview_limited, read_limited
from knowledge.statements import statements

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preview:
    """What a document would become: its passages, its numbers, and what they contradict."""

    passages: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]


class KnowledgeDesk:
    """Everything editors do with documents and generations.

    :param quarantine: where a handed-in file lies while it is read; nothing else reads there.
    """

    def __init__(
        self,
        documents: Documents,
        publications: Publications,
        publisher: Publisher,
        current: Current,
        quarantine: Path,
    ) -> None:
        self.documents, self.publications, self.current = documents, publications, current
        self._publisher, self._quarantine = publisher, quarantine
        self._claims: tuple[str, tuple[Claim, ...]] = ("", ())
        self._runner = ThreadPoolExecutor(1, thread_name_prefix="publish")
        if not publisher.busy():  # else it goes on, in another process
            publications.interrupted()
        self._compare(SYSTEM)

    def hand_in(self, by: Operator, name: str, data: bytes) -> int:
        """Read a file apart and keep it as a draft; returns its number. Raises FileRefused."""
        self._quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=self._quarantine) as held:
            held.write(data)
            held.flush()
            read = read_limited(name, Path(held.name))
        return self.documents.keep(by, name, data, read)

    def preview(self, number: int) -> Preview:
        """What it would become. Raises FileRefused, NotFound, NotAllowed."""
        found = self.documents.get(number)
        if found.state == "draft":
            raise NotAllowed("先写明标题、发布单位、日期和区，再看预览")
        entry = {**found.entry, "id": found.source, "origin": f"{found.source}.txt"}
        told = preview_limited(entry, found.text)
        new = [Claim(**claim) for claim in told["claims"]]
        against = [
            {"new": c.new.text, "value": f"{c.new.value}{c.new.unit}", "known": c.known.text,
             "known_value": f"{c.known.value}{c.known.unit}", "source": c.known.source,
             "indicator": c.new.indicator, "year": c.new.year}
            for c in conflicts(new, self._known())
        ]  # fmt: skip
        return Preview(told["passages"], told["claims"], against)

    def _known(self) -> tuple[Claim, ...]:
        served = self.current.served
        if self._claims[0] != served.generation:
            self._claims = served.generation, known_claims(served)
        return self._claims[1]

    def approve(self, by: Operator, number: int, seen: bool) -> int:
        """Let it be published; returns the number of the publication, which goes on beside."""
        found = self.documents.decide(by, number, seen)
        began = self.publications.begin(by, "publish", found.source)

        def work() -> Publication:
            made = self._publisher.publish(
                lambda files: with_document(files, found.document(), found.checks()),
                self.publications.teller(began),
            )
            self.documents.settle(by, number, PUBLISHED, "document_published", (DESCRIBED, WITHDRAWN))
            return made

        return self._run(began, work)

    def withdraw(self, by: Operator, number: int, reason: str) -> int:
        """Publish a generation without it; returns the number of the publication."""
        found = self.documents.get(number)
        if found.state != PUBLISHED:
            raise NotAllowed(f"文件 {number} 没有发布，不用撤下")
        began = self.publications.begin(by, "withdraw", found.source)

        def work() -> Publication:
            made = self._publisher.publish(
                lambda files: without_document(files, found.source), self.publications.teller(began)
            )
            self.documents.settle(by, number, WITHDRAWN, "document_withdrawn", (PUBLISHED,), reason)
            return made

        return self._run(began, work)

    def rollback(self, by: Operator, generation: str = "") -> Publication:
        """Go back at once; documents that are no longer served are marked so."""
        began = self.publications.begin(by, "rollback", generation or self.current.previous)
        made: list[Publication] = []

        def work() -> Publication:
            made.append(self._publisher.rollback(generation))
            self._compare(by)
            return made[0]

        if (error := self._finish(began, work)) is not None:
            raise error
        return made[0]

    def close(self) -> None:
        """Let a publication that runs come to its end."""
        self._runner.shutdown(wait=True, cancel_futures=True)

    def _compare(self, by: Operator) -> None:
        served = {source.id for source in self.current.served.library.sources}
        for handed in self.documents.newest():
            if handed.state == PUBLISHED and handed.source not in served:
                self._settle(by, handed, WITHDRAWN, PUBLISHED)
            elif handed.state in (WITHDRAWN, DESCRIBED) and handed.source in served:
                self._settle(by, handed, PUBLISHED, handed.state)

    def _settle(self, by: Operator, handed: Handed, to: str, was: str) -> None:
        self.documents.settle(by, handed.id, to, f"document_{to}", (was,), "随整代切换")

    def _run(self, began: int, work: Callable[[], Publication]) -> int:
        self._runner.submit(self._finish, began, work)
        return began

    def _finish(self, began: int, work: Callable[[], Publication]) -> Exception | None:
        try:
            made = work()
        except (GovernanceError, EmbeddingError, KnowledgeError, OSError) as error:
            log.warning("publication %d failed: %s", began, error)
            self.publications.failed(began, str(error))
            return error
        except BaseException as error:
            self.publications.failed(began, f"程序出错（{type(error).__name__}），没有发布")
            raise
        self.publications.done(began, made)
        return None


def known_claims(served: Served) -> tuple[Claim, ...]:
    """What a generation says in numbers."""
    library = served.library
    return claims(statements(library.passages), table_facts(library.rows))
