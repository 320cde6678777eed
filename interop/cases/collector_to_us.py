"""Collector to us: its Kafka exporter, keyed and not, both hashers, three codecs; our processors deliver all of it."""

from lab import peers
from lab.millrace import Pipeline, Shop, expect_all
from lab.processes import free_ports, is_listening

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
    (port,) = free_ports(1)
    env = {"KAFKA": kafka, "GRPC_PORT": str(port), "KEYED": keyed, "HASHER": hasher, "COMPRESSION": compression}
    config = peers.PINS / "collector" / "to-kafka.yaml"
    collector = lab.start(f"otelcol-{compression}", [otelcol, "--config", config], env)
    collector.await_("OTLP/gRPC", lambda: is_listening(port), SECONDS)
    sent = Shop(lab, f"shop-{compression}", f"grpc://127.0.0.1:{port}", duration="5s").wait(SECONDS)
    collector.stop()
    return sent
