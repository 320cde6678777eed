"""Thanos: receive, asked through query, holds by remote write, and mostly by OTLP, what Prometheus makes of it."""

import json
import time
from collections import Counter

from lab import backends, peers
from lab.millrace import Pipeline
from lab.processes import await_, free_ports
from lab.prometheus import CASE_SECONDS, PACKAGE, Golden, Prometheus, same, send_gauge
from lab.promql import EVERYTHING, QueryApi
from lab.verdict import expect

THANOS = "github.com/thanos-io/thanos/cmd/thanos"
OURS = ("remote-write", "otlp")
DEAD = {"out_of_order": 1, "duplicate": 1, "too_old": 1}
# Its own conversion of OTLP is an older one: it makes the same label, or series, of attributes whose keys differ in
# dots only, and refuses that; it writes over an attribute `le`; and it has fewer samples of target_info.
OTHERWISE_BY_OTLP = {"histogram", "labels", "target-info"}
# Query asks receive every five seconds from when to when it has samples, and for no others.
SEEN_SECONDS = 30
UNCONVERTIBLE = {"otlp": {"invalid_labels": 2, "out_of_order": 2}}


def run(lab):
    program = peers.go(lab, "thanos", THANOS, tags="slicelabels")
    oracle = Prometheus(lab, "oracle", peers.go(lab, "prometheus", PACKAGE, version="3."), ["--web.enable-otlp-receiver"])
    thanos = {name: Thanos(lab, name, program) for name in OURS}
    destinations = {
        "remote-write": thanos["remote-write"].write,
        "otlp": {"url": thanos["otlp"].otlp, "append-path": "false"},
    }
    pipeline = Pipeline(lab, destinations={"metrics": destinations})
    golden = Golden()
    golden.send(pipeline, [oracle.otlp])
    for name in OURS:
        expect(f"{name}: dead letters", pipeline.dead("metrics", name), UNCONVERTIBLE.get(name, {}))
    compare(lab, "remote write", golden, oracle, thanos["remote-write"], golden.bases)
    compare(lab, "OTLP", golden, oracle, thanos["otlp"], golden.bases.keys() - OTHERWISE_BY_OTLP)
    now = int(time.time())
    for ago, value in ((10, 1), (20, 1), (10, 1), (60 * 24, 1), (10, 2)):
        send_gauge(pipeline, "interop.late", now - 60 * ago, value)
    for name in OURS:
        dead = Counter(DEAD) + Counter(UNCONVERTIBLE.get(name, {}))
        expect(f"{name}: dead letters", pipeline.dead("metrics", name), dead)
    lab.note("samples out of order, too old and of a time that has another value: dead letters, by their reasons")
    pipeline.stop()


def compare(lab, name, golden, oracle, thanos, cases):
    series = 0
    for case in cases:
        base = golden.bases[case]
        expected = {
            with_labels(labels, THEIRS): samples
            for labels, samples in oracle.samples(EVERYTHING, base, CASE_SECONDS - 1).items()
        }
        await_(f"{name}: {case}", lambda base=base: thanos.samples(EVERYTHING, base, CASE_SECONDS - 1), SEEN_SECONDS)
        same(f"{name}: {case}", thanos.samples(EVERYTHING, base, CASE_SECONDS - 1), expected)
        series += len(expected)
    lab.note(f"{name}: {series} series equal to what Prometheus makes of the OTLP")


def with_labels(labels, more):
    return json.dumps({**json.loads(labels), **more}, sort_keys=True, ensure_ascii=False)


# What receive and the tenant put to each series.
THEIRS = {"receive": "interop", "tenant_id": "default-tenant"}


class Thanos(QueryApi):
    """receive with a store of its own, and query in front of it."""

    def __init__(self, lab, name, program):
        write, store, receive_http, capnproto, query, query_grpc = free_ports(6)
        data = backends.data(lab, name)
        receive = [program, "receive", f"--tsdb.path={data}", '--label=receive="interop"', "--log.level=warn"]
        receive += [f"--remote-write.address=127.0.0.1:{write}", f"--grpc-address=127.0.0.1:{store}"]
        receive += [f"--http-address=127.0.0.1:{receive_http}", f"--receive.capnproto-address=127.0.0.1:{capnproto}"]
        backends.Backend(lab, f"receive-{name}", receive, f"http://127.0.0.1:{receive_http}/-/ready")
        asked = [program, "query", f"--http-address=127.0.0.1:{query}", f"--grpc-address=127.0.0.1:{query_grpc}"]
        asked += [f"--endpoint=127.0.0.1:{store}", "--log.level=warn"]
        backends.Backend(lab, f"query-{name}", asked, f"http://127.0.0.1:{query}/-/ready")
        super().__init__(f"http://127.0.0.1:{query}")
        self.write = f"http://127.0.0.1:{write}/api/v1/receive"
        self.otlp = f"http://127.0.0.1:{write}/api/v1/otlp"
