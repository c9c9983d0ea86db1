"""Rasa component: marks each message as Chinese or English, so that the wording can follow."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

_CHINESE = re.compile(r"[\u3400-\u9fff]")
# Pinyin and keyboard noise are Latin letters too; a sentence of English has words like these.
_ENGLISH = re.compile(
    r"\b(a|an|am|are|agent|bye|call|can|cancel|do|does|emergency|fire|good|goodbye|hello|help|hey|hi|how|human|i|"
    r"in|is|it|my|no|not|of|ok|okay|operator|please|stop|thank|thanks|that|the|there|this|to|what|when|where|who|"
    r"why|with|wrong|you|your)\b",
    re.IGNORECASE,
)


# Said in either language, and what the gateway puts in place of a number.
_EITHER = re.compile(r"〔[^〕]*〕|^\W*(?:ok|okay|yes|no|bye|88)\W*$", re.IGNORECASE)


def language_of(text: str) -> str:
    """``"en"`` for English words, ``"zh"`` for a Chinese character; empty where neither stands: a name, a number.

    >>> language_of("where is Puji Hospital"), language_of("PM2.5呢"), language_of("Liuting Street 12"), language_of("ok")
    ('en', 'zh', '', '')
    """
    words = _EITHER.sub("", text)
    if _CHINESE.search(words):
        return "zh"
    return "en" if _ENGLISH.search(words) else ""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageMarker(GraphComponent):
    """Sets the entity ``language``: the slot keeps its value until a message is plainly in another language."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageMarker:
        """Called by Rasa."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entity to each message that is in one language."""
        for message in messages:
            text = message.get(TEXT) or ""
            language = language_of(text)
            if not language:
                continue
            mark = {
                "entity": "language",
                "value": language,
                "start": 0,
                "end": len(text),
                "extractor": "LanguageMarker",
            }
            message.set(ENTITIES, [*message.get(ENTITIES, []), mark], add_to_output=True)
        return messages
