"""VictoriaMetrics, Debian's: by remote write 1.0 it holds the samples that Prometheus makes of the same OTLP."""

from lab import backends, peers
from lab.millrace import Pipeline
from lab.processes import free_ports
from lab.prometheus import CASE_SECONDS, PACKAGE, Golden, Prometheus, same
from lab.promql import EVERYTHING, QueryApi, is_native
from lab.verdict import expect

SECONDS = 60


def run(lab):
    program = peers.installed(lab, "victoria-metrics", "apt-get install victoria-metrics, in Debian 12")
    oracle = Prometheus(lab, "oracle", peers.go(lab, "prometheus", PACKAGE, version="3."), ["--web.enable-otlp-receiver"])
    ours = VictoriaMetrics(lab, program)
    pipeline = Pipeline(lab, destinations={"metrics": {"victoria-metrics": ours.write}})
    golden = Golden()
    golden.send(pipeline, [oracle.otlp])
    expect("dead letters", pipeline.dead("metrics", "victoria-metrics"), {})
    pipeline.stop()
    count = stale = 0
    for case, base in golden.bases.items():
        # It takes no native histograms.
        told = oracle.samples(EVERYTHING, base, CASE_SECONDS - 1)
        expected = {series: each for series, each in told.items() if not is_native(each)}
        found = ours.await_samples(base, len(expected))
        same(f"{case}: samples", rounded(found, expected), rounded(expected, expected))
        count += len(expected)
        # Unlike Prometheus it shows stale markers.
        stale += sum(value != value for each in found.values() for value in each.values())
    expect("any stale markers", stale > 0, True)
    lab.note(f"remote write 1.0: {count} series equal, {stale} stale markers; it takes no native histograms and exemplars")


def rounded(samples, expected):
    """It stores decimals, of some 17 digits of the largest value near them: 21.5 beside 1e300 becomes 0."""
    return {
        series: {at: round(value / unit(expected.get(series, {})), 12) for at, value in each.items() if value == value}
        for series, each in samples.items()
    }


def unit(samples):
    return max((abs(value) for value in samples.values()), default=0) or 1


class VictoriaMetrics(backends.Backend, QueryApi):
    def __init__(self, lab, program):
        (port,) = free_ports(1)
        url = f"http://127.0.0.1:{port}"
        command = [program, f"-httpListenAddr=127.0.0.1:{port}", "-search.latencyOffset=0s", "-search.disableCache"]
        command += [f"-storageDataPath={backends.data(lab, 'victoria-metrics')}"]
        backends.Backend.__init__(self, lab, "victoria-metrics", command, f"{url}/health")
        QueryApi.__init__(self, url)
        self.write = f"{url}/api/v1/write"

    def await_samples(self, base, series):
        """What is written is found a moment later."""
        self.process.await_(f"{series} series", lambda: len(self._everything(base)) >= series, SECONDS)
        return self._everything(base)

    def _everything(self, base):
        return self.samples(EVERYTHING, base, CASE_SECONDS - 1)
