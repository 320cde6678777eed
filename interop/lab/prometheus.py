"""Prometheus: its process, and the metrics that its oracle and ours are compared on."""

import re
import time

from lab import backends, peers, web
from lab.processes import free_ports
from lab.promql import EVERYTHING, QueryApi, is_native
from lab.verdict import expect

# What Prometheus 3.13 made of these is kept beside them; here a real one is asked.
GOLDEN = peers.PINS.parent / "processor-metrics" / "src" / "test" / "golden"
PACKAGE = "github.com/prometheus/prometheus/cmd/prometheus"
FLAGS = ["--web.enable-remote-write-receiver", "--enable-feature=exemplar-storage,native-histograms"]
CASE_SECONDS = 600

# Before, at and after the stale markers among them.
ALIVE_AFTER = (15, 25, 65)
RESOURCE = {"key": "service.name", "value": {"stringValue": "interop"}}


class Prometheus(backends.Backend, QueryApi):
    """One with an empty store."""

    def __init__(self, lab, name, program, flags=()):
        (port,) = free_ports(1)
        url = f"http://127.0.0.1:{port}"
        config = backends.config(lab, "prometheus.yaml", name)
        command = [program, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"]
        command += [f"--storage.tsdb.path={backends.data(lab, name)}", *FLAGS, *flags]
        backends.Backend.__init__(self, lab, name, command, f"{url}/-/ready")
        QueryApi.__init__(self, url)
        self.write = f"{url}/api/v1/write"
        self.otlp = f"{url}/api/v1/otlp"


class Golden:
    """Requests of every type of metric, each ten minutes later than the one before, up to now."""

    def __init__(self):
        # Those that want an option of the backend's own are left out.
        folders = [each for each in sorted(GOLDEN.iterdir()) if not (each / "otlp.yaml").exists()]
        begin = int(time.time()) * 1000 - (len(folders) + 1) * CASE_SECONDS * 1000
        self.bases = {each.name: begin + i * CASE_SECONDS * 1000 for i, each in enumerate(folders)}

    def request(self, name):
        """OTLP/JSON with the times of this run."""
        base = self.bases[name]
        text = (GOLDEN / name / "input.json").read_text()
        return re.sub(r'"T([+-]\d+)"', lambda found: f'"{(base + int(found.group(1))) * 1_000_000}"', text)

    def send(self, pipeline, others=()):
        """Through the pipeline, which delivers one before it gets the next; and to the OTLP endpoints of others."""
        for name in self.bases:
            for other in others:
                web.post_otlp(other, "metrics", self.request(name))
            web.post_otlp(pipeline.endpoint("http"), "metrics", self.request(name))
            pipeline.await_settled("metrics")

    def compare(self, lab, name, oracle, ours, exemplars_first=False):
        """Names, labels, values, times, native histograms, exemplars, and what is stale when.

        exemplars_first: the backend takes exemplars before native histograms, and so drops those of a series that
        it does not know yet, as Prometheus does by 1.0.
        """
        counts = dict.fromkeys(("series", "native histograms", "exemplars"), 0)
        for case, base in self.bases.items():
            expected = oracle.samples(EVERYTHING, base, CASE_SECONDS - 1)
            same(f"{name}: {case}: samples", ours.samples(EVERYTHING, base, CASE_SECONDS - 1), expected)
            for seconds in ALIVE_AFTER:
                alive = oracle.alive(EVERYTHING, base, seconds)
                expect(f"{name}: {case}: alive after {seconds} s", ours.alive(EVERYTHING, base, seconds), alive)
            told, found = (each.exemplars(base, CASE_SECONDS - 1) for each in (oracle, ours))
            if exemplars_first:
                told = {series: each for series, each in told.items() if not is_native(expected.get(series, {}))}
                found = {series: each for series, each in found.items() if series in told}
            same(f"{name}: {case}: exemplars", found, told)
            counts["series"] += len(expected)
            counts["native histograms"] += sum(is_native(each) for each in expected.values())
            counts["exemplars"] += sum(len(each) for each in told.values())
        lab.note(f"{name}: equal: {', '.join(f'{count} {what}' for what, count in counts.items())}")


def same(what, found, expected):
    """Series by series, since all of them would fill pages."""
    for series in sorted(expected.keys() | found.keys()):
        expect(f"{what} of {series}", found.get(series), expected.get(series))


def send_gauge(pipeline, name, seconds, value, tenant=None):
    """A gauge of that time, and waits until it is settled."""
    point = {"timeUnixNano": str(seconds * 1_000_000_000), "asDouble": value}
    web.post_otlp(pipeline.endpoint("http"), "metrics", gauge(name, [point]), tenant)
    pipeline.await_settled("metrics")


def gauge(name, points):
    """A request of OTLP/JSON, from one resource."""
    metric = {"name": name, "gauge": {"dataPoints": points}}
    return {"resourceMetrics": [{"resource": {"attributes": [RESOURCE]}, "scopeMetrics": [{"metrics": [metric]}]}]}
