"""Prometheus 2, Debian's: by remote write 1.0 it holds what Prometheus 3 makes of the same OTLP."""

from lab import peers
from lab.millrace import Pipeline
from lab.prometheus import PACKAGE, Golden, Prometheus
from lab.verdict import expect


def run(lab):
    hint = "apt-get install prometheus, in Debian 12"
    program = peers.installed(lab, "prometheus-2", hint, program="prometheus", version="2.")
    oracle = Prometheus(lab, "oracle", peers.go(lab, "prometheus", PACKAGE, version="3."), ["--web.enable-otlp-receiver"])
    ours = Prometheus(lab, "prometheus-2", program)
    pipeline = Pipeline(lab, destinations={"metrics": {"prometheus-2": ours.write}})
    golden = Golden()
    golden.send(pipeline, [oracle.otlp])
    golden.compare(lab, "remote write 1.0", oracle, ours, exemplars_first=True)
    expect("dead letters", pipeline.dead("metrics", "prometheus-2"), {})
    pipeline.stop()
