"""Mixed fleet: our gateway and a Collector write halves of each trace at once; by one hasher traces and verdicts are whole."""

import random
import time

from lab import peers, web
from lab.collector import SECONDS, Exporting, Reading
from lab.millrace import Pipeline
from lab.verdict import expect

TRACES = 200
SPANS = 10
PARTITIONS = "partitions.yaml"
HALVES_AT_ONCE = 20
# Kept are traces that have all of their spans: of a trace on two partitions each decider sees a part.
WHOLE = f"{{decision_wait: 8s, policies: [{{name: whole, type: span_count, span_count: {{min_spans: {SPANS}}}}}]}}"
SPLIT = "millrace_sampling_split_traces_total"


def run(lab):
    otelcol = peers.collector(lab)
    alike(lab, otelcol, "murmur2", "murmur2")
    alike(lab, otelcol, "fnv-1a", "sarama_compat")
    apart(lab, otelcol)


def alike(lab, otelcol, ours, theirs):
    pipeline, ids, partitions = mixed(lab, otelcol, ours, theirs)
    expect(f"{ours}: traces on more than one partition", [each for each in partitions.values() if len(each) > 1], [])
    expect(f"{ours}: traces found to be split", pipeline.metric(SPLIT), 0)
    pipeline.stop()
    kept = pipeline.items("traces")
    expect(f"{ours}: spans kept", len(kept), TRACES * SPANS)
    expect(f"{ours}: traces kept", {span.data["traceId"] for span in kept}, ids)
    lab.note(f"{ours} and {theirs}: {TRACES} traces from both, each on one partition, and whole to the sampler")


def apart(lab, otelcol):
    """The Collector's default hasher beside ours."""
    pipeline, _, partitions = mixed(lab, otelcol, "murmur2", "sarama_compat")
    split = sum(len(each) > 1 for each in partitions.values())
    expect("most traces on two partitions", split > TRACES // 2, True)
    # The processor does not remember all that it has seen.
    pipeline.process.await_("split traces found", lambda: pipeline.metric(SPLIT) > split // 2, SECONDS)
    expect("the warning", "split-traces: otlp-traces" in pipeline.process.stderr(), True)
    found = pipeline.metric(SPLIT)
    expect("no more found than there are", found <= split, True)
    pipeline.stop()
    lab.note(f"murmur2 and sarama_compat: {split} of {TRACES} traces are split, and the processor found {found:.0f}")


def mixed(lab, otelcol, ours, theirs):
    """A pipeline that has settled halves of traces from both sides; their ids, and the partitions of each."""
    name = f"{ours}-{theirs}"
    settings = {"gateway.hasher": ours, "traces.tail_sampling": WHOLE}
    pipeline = Pipeline(lab, settings, name=f"up-{name}")
    collector = Exporting(lab, f"otelcol-{name}", otelcol, pipeline.kafka, "true", theirs, "zstd")
    urls = (pipeline.endpoint("http"), f"http://127.0.0.1:{collector.http_port}")
    ids = [random.randbytes(16).hex() for _ in range(TRACES)]
    for begin in range(0, TRACES, HALVES_AT_ONCE):
        some = ids[begin : begin + HALVES_AT_ONCE]
        web.post_otlp(urls[0], "traces", request(some, range(0, SPANS // 2)))
        web.post_otlp(urls[1], "traces", request(some, range(SPANS // 2, SPANS)))
    collector.process.stop()
    reading = Reading(lab, f"reading-{name}", otelcol, pipeline.kafka, PARTITIONS)
    reading.await_("traces", TRACES * SPANS)
    reading.process.stop()
    partitions = {}
    for span in reading.items("traces"):
        partitions.setdefault(span.data["traceId"], set()).add(span.attributes["partition"])
    expect(f"{name}: traces in Kafka", partitions.keys(), set(ids))
    return pipeline, set(ids), partitions


def request(ids, numbers):
    now = time.time_ns()
    spans = [
        {
            "traceId": trace,
            "spanId": f"{number + 1:016x}",
            "name": f"step {number}",
            "kind": 1,
            "startTimeUnixNano": str(now),
            "endTimeUnixNano": str(now + 1_000_000),
        }
        for trace in ids
        for number in numbers
    ]
    return {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"spans": spans}]}]}
