"""The generation that is served now, changed without anybody waiting.

    current = Current(store, load, first)
    current.answer(question)   # from one generation, whole
    current.follow()           # another one, if the durable pointer has moved

Every process holds one of these and looks at the pointer on the disk; so all follow whoever published.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Protocol

from actions.answering.answer import Answer, Question
from actions.answering.state import State
from actions.governance.canary import Canary
from embeddings.errors import EmbeddingError
from knowledge.errors import KnowledgeError
from knowledge.library import Library

log = logging.getLogger(__name__)


class Answerer(Protocol):
    """The answering pipeline; called from several threads."""

    def answer(self, question: Question) -> Answer: ...

    def looks_like_question(self, text: str) -> bool: ...

    def look(self, question: Question, understood: Callable[[State], None], quick: bool = False) -> State: ...


class Pointers(Protocol):
    """What of ``embeddings.store.Store`` says which generation is wanted."""

    def current_id(self) -> str | None: ...

    def staged_id(self) -> str | None: ...


@dataclass(frozen=True)
class Served:
    """One generation in memory. Nothing in it changes."""

    generation: str
    answerer: Answerer
    library: Library
    canaries: tuple[Canary, ...] = ()


Listener = Callable[[Served], None]
Before = Callable[[Question, Library], Answer | None]


class Current:
    """Answers from one generation at a time; the one before stays in memory for going back.

    :param load: reads a generation; takes seconds.
    :param first: the one that is served at the start.
    :param listeners: told of every generation that is served from now on.
    """

    def __init__(
        self,
        pointers: Pointers,
        load: Callable[[str], Served],
        first: Served,
        listeners: Sequence[Listener] = (),
    ) -> None:
        self._pointers, self._load, self._listeners = pointers, load, tuple(listeners)
        self._served, self._previous = first, ""
        self._memory = {first.generation: first}
        self._followed = pointers.current_id()
        self._preloaded = pointers.staged_id()
        self._changing = RLock()
        self._before: Before | None = None

    @property
    def served(self) -> Served:
        """The generation of this moment; keep it for as long as one answer takes."""
        return self._served

    @property
    def previous(self) -> str:
        """The generation that was served before this one; empty at the start."""
        return self._previous

    def answer(self, question: Question) -> Answer:
        """See ``Answerer``."""
        served = self._served
        found = self._before(question, served.library) if self._before else None
        return found or served.answerer.answer(question)

    def prefer(self, before: Before) -> None:
        """Ask ``before`` first; what it has no answer to goes to the pipeline."""
        self._before = before

    def looks_like_question(self, text: str) -> bool:
        """See ``Answerer``."""
        return self._served.answerer.looks_like_question(text)

    def loaded(self, generation: str) -> Served:
        """That generation, from memory if it is there.

        :raises Exception: the error of the folder concerned, naming the file and the fix.
        """
        with self._changing:
            if generation not in self._memory:
                self._memory[generation] = self._load(generation)
            return self._memory[generation]

    def forget(self, generation: str) -> None:
        """Let go of one that will not be served."""
        with self._changing:
            if generation != self._served.generation:
                self._memory.pop(generation, None)

    def follow(self) -> bool:
        """Serve what the pointer names, if that has changed; whether it has.

        One that cannot be read is logged, and the old one goes on.
        """
        with self._changing:
            self._preload()
            wanted = self._pointers.current_id()
            if wanted is None or wanted == self._followed:
                return False
            self._followed = wanted
            try:
                served = self.loaded(wanted)
            except (EmbeddingError, KnowledgeError, OSError) as error:
                log.error("generation %s is not served: %s", wanted, error)
                return False
            self._serve(served)
            return True

    def _serve(self, served: Served) -> None:
        if served.generation == self._served.generation:
            return
        self._previous, self._served = self._served.generation, served
        kept = (self._previous, served.generation)
        self._memory = {name: one for name, one in self._memory.items() if name in kept}
        log.info("generation %s is served, %s stays at hand", served.generation, self._previous)
        for listener in self._listeners:
            listener(served)

    def _preload(self) -> None:
        staged = self._pointers.staged_id()
        if staged is None or staged == self._preloaded:
            return
        self._preloaded = staged
        try:
            self.loaded(staged)
        except (EmbeddingError, KnowledgeError, OSError) as error:
            log.warning("generation %s could not be loaded early: %s", staged, error)
