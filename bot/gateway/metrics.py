"""Prometheus figures of the gateway."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16)
SHED = frozenset({"rate_limited", "busy", "conversations_limited"})


class GatewayMetrics:
    """One set for each app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._replies = Counter(
            "haishu_chat_replies",
            "Chat messages by outcome: an answer status, dialogue, fallback, or the gateway's own notice",
            ["outcome"],
            registry=self.registry,
        )
        self._messages = Counter(
            "haishu_channel_messages",
            "Messages by channel: taken, or shed because there were too many",
            ["channel", "fate"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "haishu_chat_seconds",
            "Seconds from message to replies",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.up = Gauge(
            "haishu_up", "Whether a process behind the gateway answers", ["part"], registry=self.registry
        )
        self.spool = Gauge(
            "haishu_spool_entries", "Updates not worked off", ["channel"], registry=self.registry
        )
        self.spool_age = Gauge(
            "haishu_spool_oldest_seconds", "Age of the oldest of them", ["channel"], registry=self.registry
        )

    def replied(self, outcome: str, seconds: float, channel: str = "web") -> None:
        """Count one message."""
        self._replies.labels(outcome).inc()
        self._messages.labels(channel, "shed" if outcome in SHED else "taken").inc()
        self._seconds.observe(seconds)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
