"""Collector to us: its Kafka exporter, keyed and not, both hashers, three codecs; our processors deliver all of it."""

from lab import peers
from lab.collector import Exporting
from lab.millrace import Pipeline, Shop, expect_all

# Keyed by trace id and resource attributes or not, hasher, compression.
VARIANTS = (("true", "murmur2", "zstd"), ("true", "sarama_compat", "snappy"), ("false", "murmur2", "lz4"))
SECONDS = 120


def run(lab):
    otelcol = peers.collector(lab)
    pipeline = Pipeline(lab)
    sent = [send(lab, otelcol, pipeline.kafka, *variant) for variant in VARIANTS]
    pipeline.stop()
    expect_all(lab, pipeline, sent)


def send(lab, otelcol, kafka, keyed, hasher, compression):
    collector = Exporting(lab, f"otelcol-{compression}", otelcol, kafka, keyed, hasher, compression)
    sent = Shop(lab, f"shop-{compression}", f"grpc://127.0.0.1:{collector.grpc_port}", duration="5s").wait(SECONDS)
    collector.process.stop()
    return sent
