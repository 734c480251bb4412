"""What Prometheus can read of the bot."""

from __future__ import annotations

import time

from prometheus_client import Counter, Gauge, Histogram

__all__ = ["DEPTH", "HANDLED", "INDEX_AGE", "LATENCY", "QUESTIONS", "seconds_since"]

QUESTIONS = Counter(
    "clipdesk_questions",
    "Questions asked, by what came of them: answered, refused, unaskable, failed.",
    ["outcome"],
)
HANDLED = Counter(
    "clipdesk_updates_handled",
    "Updates handled: done, or unknown where a message may have arrived or not.",
    ["outcome"],
)
LATENCY = Histogram(
    "clipdesk_reply_seconds",
    "From the moment an update was stored until its reply was sent.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
DEPTH = Gauge("clipdesk_updates_waiting", "Updates stored and not handled yet.")
INDEX_AGE = Gauge("clipdesk_index_age_days", "Days since the newest article was published.")

for _outcome in ("answered", "refused", "unaskable", "failed"):
    QUESTIONS.labels(_outcome)  # so that each is 0, not absent, before it first happens


def seconds_since(moment: float) -> float:
    """Return how long ago a moment was, given in seconds since 1970."""
    return max(0.0, time.time() - moment)
