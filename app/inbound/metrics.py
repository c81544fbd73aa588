"""What can be seen of ingest at /metrics."""

from prometheus_client import Counter, Histogram

WEBHOOKS = Counter("hawker_webhooks", "Webhook requests by what became of them.", ("channel", "outcome"))
GROUP_DELIVERIES = Histogram(
    "hawker_ingest_group_deliveries",
    "Deliveries written in one transaction.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)
GROUP_SECONDS = Histogram(
    "hawker_ingest_group_seconds",
    "Time to write a group.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
RETRIES = Counter("hawker_ingest_retries", "Groups begun anew, by reason.", ("reason",))
SPOOLED = Counter("hawker_ingest_spooled", "Deliveries kept on disk because the database was away.")
POISON = Counter("hawker_ingest_poison", "Events that could not be written and were kept as failed deliveries.")

_webhooks: dict[tuple[str, str], Counter] = {}


def count(channel: str, outcome: str) -> None:
    """Count a webhook request. The labelled counter is kept: finding it again costs more than counting."""
    counter = _webhooks.get((channel, outcome))
    if counter is None:
        counter = _webhooks[channel, outcome] = WEBHOOKS.labels(channel, outcome)
    counter.inc()
