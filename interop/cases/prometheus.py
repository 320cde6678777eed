"""Prometheus 3: by remote write 1.0, 2.0 and OTLP it holds what its own OTLP endpoint makes of the same metrics."""

import time

from lab import peers
from lab.millrace import Pipeline
from lab.prometheus import PACKAGE, Golden, Prometheus, send_gauge
from lab.verdict import expect

OURS = ("remote-write", "remote-write-2", "otlp")
DEAD = {"out_of_order": 1, "too_old": 1, "duplicate": 1}
OTLP = "--web.enable-otlp-receiver"


def run(lab):
    program = peers.go(lab, "prometheus", PACKAGE, version="3.")
    oracle = Prometheus(lab, "oracle", program, [OTLP])
    ours = {name: Prometheus(lab, name, program, [OTLP]) for name in OURS}
    pipeline = Pipeline(lab, destinations={"metrics": {name: keys(name, ours[name]) for name in OURS}})
    golden = Golden()
    golden.send(pipeline, [oracle.otlp])
    for name, backend in ours.items():
        golden.compare(lab, name, oracle, backend, exemplars_first=name == "remote-write")
    refusals(lab, pipeline)
    pipeline.stop()


def keys(protocol, backend):
    if protocol == "otlp":
        return backend.otlp
    return {"url": backend.write, "protocol": protocol}


def refusals(lab, pipeline):
    """What it refuses for its time is a dead letter, by the reason that it tells; what it has stored, it takes again."""
    now = int(time.time())
    for ago, value in ((10, 1), (20, 1), (10, 1), (60 * 24, 1), (10, 2)):
        send_gauge(pipeline, "interop.late", now - 60 * ago, value)
    for name in OURS:
        expect(f"{name}: dead letters", pipeline.dead("metrics", name), DEAD)
    lab.note("samples out of order, too old and of a time that has another value: dead letters, by their reasons")
