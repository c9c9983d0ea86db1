"""Rasa component: the intent of each message, by :class:`bot.rasa.intent_model.IntentModel`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa.errors import ModelUnusable
from bot.rasa.featurizer import ORIGIN, E5Featurizer
from bot.rasa.intent_model import IntentModel, Tuning
from bot.rasa.text import canonical

_RANKED = 5
_CACHED = 512  # messages: greetings, thanks, buttons and follow-ups are most of a conversation


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentModelClassifier(IntentClassifier, GraphComponent):
    """Needs :class:`E5Featurizer` before it."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._judged = lru_cache(_CACHED)(self._ranking)

    @classmethod
    def required_components(cls) -> list[type]:
        """Checked by Rasa before training."""
        return [E5Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The fields of :class:`Tuning`."""
        return dict(vars(Tuning()))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentModelClassifier:
        """An untrained one; called by Rasa."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentModelClassifier:
        """The trained one; called by Rasa."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example and store the model."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        self._model = IntentModel.fit(
            [canonical(e.get(TEXT)) for e in examples],
            np.stack([_vector(e) for e in examples]),
            [e.get(INTENT) for e in examples],
            tuning_of(self._config),
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking."""
        for message in messages:
            if message.get(TEXT):
                self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        best = self._judged(canonical(message.get(TEXT)), _vector(message).tobytes())
        ranking = [{"name": name, "confidence": confidence} for name, confidence in best]
        message.set("intent", ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)

    def _ranking(self, text: str, vector: bytes) -> tuple[tuple[str, float], ...]:
        if self._model is None:
            raise ModelUnusable("意图模型还没有训练：运行 make train")
        row = self._model.probabilities([text], np.frombuffer(vector, dtype=np.float32)[np.newaxis, :])[0]
        return tuple((self._model.labels[i], float(row[i])) for i in np.argsort(-row)[:_RANKED])


def tuning_of(config: dict[str, Any]) -> Tuning:
    """What ``config.yml`` says, or the defaults."""
    return Tuning(**{name: float(config.get(name, value)) for name, value in vars(Tuning()).items()})


def _vector(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT, [ORIGIN])
    if sentence is None:
        raise ModelUnusable("消息没有句向量：config.yml 里 E5Featurizer 应在 IntentModelClassifier 之前")
    return np.asarray(sentence.features)[0]
