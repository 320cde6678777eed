"""Collector to us: its Kafka exporter, keyed in each way and not, both hashers, four codecs, headers; our processors deliver all of it."""

import time

from lab import peers, web
from lab.collector import Exporting
from lab.millrace import Pipeline, Shop, expect_all
from lab.prometheus import gauge
from lab.verdict import expect

# Keyed by trace id and resource attributes or not, hasher, compression, logs by trace id.
VARIANTS = (
    ("true", "murmur2", "zstd", False),
    ("true", "sarama_compat", "snappy", False),
    ("false", "murmur2", "lz4", False),
    ("true", "murmur2", "gzip", True),
)
SECONDS = 120
IDS = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174"}


def run(lab):
    otelcol = peers.collector(lab)
    pipeline = Pipeline(lab)
    sent = [each for variant in VARIANTS for each in send(lab, otelcol, pipeline.kafka, *variant)]
    pipeline.stop()
    expect_all(lab, pipeline, sent)
    for _, _, tenant, _ in VARIANTS:
        for signal in Shop.WORDS:
            expect(f"{signal} of tenant {tenant}", len(pipeline.items(signal, tenant)), 1)
    lab.note("tenants are those of the headers")


def send(lab, otelcol, kafka, keyed, hasher, compression, logs_by_trace):
    """What a shop sends, and an item of each signal from a tenant named after the codec."""
    collector = Exporting(lab, f"otelcol-{compression}", otelcol, kafka, keyed, hasher, compression, logs_by_trace)
    shop = Shop(lab, f"shop-{compression}", f"grpc://127.0.0.1:{collector.grpc_port}", duration="5s").wait(SECONDS)
    for signal, request in one_of_each().items():
        web.post_otlp(f"http://127.0.0.1:{collector.http_port}", signal, request, compression)
    collector.process.stop()
    return shop, {signal: 1 for signal in Shop.WORDS}


def one_of_each():
    now = str(time.time_ns())
    span = {**IDS, "name": "one", "startTimeUnixNano": now, "endTimeUnixNano": now}
    record = {**IDS, "timeUnixNano": now, "body": {"stringValue": "one"}}
    return {
        "traces": {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]},
        "metrics": gauge("one", [{"timeUnixNano": now, "asInt": "1"}]),
        "logs": {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]},
    }
