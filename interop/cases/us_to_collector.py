"""Us to Collector: its Kafka receiver reads what our gateway has published; all three signals, equal item by item."""

from lab import peers
from lab.collector import SECONDS, Reading
from lab.millrace import Pipeline, Shop
from lab.verdict import expect



def run(lab):
    otelcol = peers.collector(lab)
    pipeline = Pipeline(lab)
    shops = [
        Shop(lab, f"shop-{protocol}", pipeline.endpoint(protocol).replace("http", protocol, 1), duration="5s")
        for protocol in ("grpc", "http")
    ]
    sent = [shop.wait(SECONDS) for shop in shops]
    read = Reading(lab, "otelcol", otelcol, pipeline.kafka, "from-kafka.yaml")
    for signal in Shop.WORDS:
        read.await_(signal, sum(each[signal] for each in sent))
    read.process.stop()
    pipeline.stop()
    for signal in Shop.WORDS:
        compare(lab, signal, pipeline.items(signal), read.items(signal))


def compare(lab, signal, ours, theirs):
    found = {item.identity for item in theirs}
    expected = {item.identity for item in ours}
    expect(f"{signal} that only the Collector has", sorted(found - expected)[:3], [])
    expect(f"{signal} that the Collector does not have", sorted(expected - found)[:3], [])
    lab.note(f"{signal}: {len(found)} items, equal to those that our processor delivers")
