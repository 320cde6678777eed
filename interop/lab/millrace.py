"""Millrace as a person starts it: the launcher, with ports chosen free."""

import re
import urllib.error
import urllib.request
from pathlib import Path

from lab import otlp
from lab.verdict import Failed, expect

LAUNCHER = Path(__file__).resolve().parent.parent.parent / "millrace"

# The machine may be busy with other things; this bounds hanging, not speed.
START_SECONDS = 180
STOP_SECONDS = 180
SETTLE_SECONDS = 120

# What can become of an item, as the processors count it.
OUTCOMES = ("delivered", "sampled_out", "dropped", "dead_lettered", "rejected")


class Role:
    """A process of Millrace that takes OTLP: `up`, or a gateway of its own."""

    def __init__(self, lab, name, command, settings, ports):
        grpc, http, admin = ports
        settings = {"gateway.grpc.port": grpc, "gateway.http.port": http, "admin.port": admin, **settings}
        words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        self.process = lab.start(name, [LAUNCHER, *command, *words])
        self.admin_port = self._await_said(r"admin port (\d+)")
        self.grpc_port = self._await_said(r"OTLP/gRPC on port (\d+)")
        self.http_port = self._await_said(r"OTLP/HTTP on port (\d+)")
        self.process.await_("/ready", self.is_ready, START_SECONDS)

    def _await_said(self, pattern):
        found = self.process.await_(pattern, lambda: re.search(pattern, self.process.stderr()), START_SECONDS)
        return int(found.group(1))

    def is_ready(self):
        try:
            return bool(self._admin("/ready"))
        except urllib.error.URLError:
            return False

    def metric(self, name, **labels):
        """The sum of the samples of a counter or gauge that have these labels."""
        return sum(value for _, value in self._samples(name, labels))

    def metric_by(self, label, name, **labels):
        """The same for each value of a label; none that are zero."""
        by = {}
        for found, value in self._samples(name, labels):
            by[found.get(label)] = by.get(found.get(label), 0) + value
        return {key: value for key, value in by.items() if value}

    def _samples(self, name, labels):
        for line in self._admin("/metrics").splitlines():
            sample = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if sample and sample.group(1) == name:
                found = dict(re.findall(r'(\w+)="([^"]*)"', sample.group(2) or ""))
                if labels.items() <= found.items():
                    yield found, float(sample.group(3))

    def _admin(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}{path}", timeout=30) as answer:
            return answer.read().decode()

    def endpoint(self, protocol):
        """The URL for grpc, or for anything over HTTP."""
        return f"http://127.0.0.1:{self.grpc_port if protocol == 'grpc' else self.http_port}"

    def stop(self):
        """It finishes what it has taken, which must succeed."""
        expect(f"{self.process.name}: exit status after SIGTERM", self.process.stop(STOP_SECONDS), 0)


class Pipeline(Role):
    """`millrace up`: a broker, a gateway and the three processors, which write OTLP/JSON files.

    destinations: by signal and name, a URL or the keys of a destination; a signal without has files alone.
    """

    def __init__(self, lab, settings=None, name="up", destinations=None):
        self.folder = lab.folder / name
        self.destinations = destinations or {}
        always = {"standalone.kafka-port": 0, "standalone.catch-up-timeout": "2m"}
        told = {**always, **_keys(self.destinations), **(settings or {})}
        super().__init__(lab, name, ["up", "--data-dir", self.folder], told, (0, 0, 0))
        self.kafka = re.search(r"Kafka +(\S+),", self.process.stdout()).group(1)

    def settled(self, signal, destination):
        """Items that a destination has an outcome for."""
        labels = {"signal": signal, "destination": destination}
        return sum(self.metric(f"millrace_{outcome}_items_total", **labels) for outcome in OUTCOMES)

    def await_settled(self, signal, seconds=SETTLE_SECONDS):
        """Until every destination has settled every item that the gateway has published."""
        for destination in self.destinations[signal]:
            what = f"all {signal} settled at {destination}"
            self.process.await_(what, lambda: self.settled(signal, destination) >= self.published(signal), seconds)

    def published(self, signal):
        return self.metric("millrace_gateway_published_items_total", signal=signal)

    def dead(self, signal, destination):
        """Dead letters of a destination, by reason."""
        labels = {"signal": signal, "destination": destination}
        return self.metric_by("reason", "millrace_dead_lettered_items_total", **labels)

    def items(self, signal, tenant=None):
        """What has been delivered. All that was acknowledged, once the pipeline has stopped."""
        folder = self.folder / "out" / signal
        return otlp.read(folder / tenant if tenant else folder, signal)


def _keys(destinations):
    """Of the configuration."""
    return {
        f"{signal}.destinations.{name}.{key}": value
        for signal, named in destinations.items()
        for name, keys in named.items()
        for key, value in (keys if isinstance(keys, dict) else {"url": keys}).items()
    }


class Gateway(Role):
    """A gateway beside a pipeline, on the pipeline's broker."""

    def __init__(self, lab, name, kafka, settings=None, ports=(0, 0, 0)):
        super().__init__(lab, name, ["gateway"], {"kafka.bootstrap-servers": kafka, **(settings or {})}, ports)


class Shop:
    """`millrace demo`: a shop that tells of itself with the SDK of Java, over gRPC or HTTP."""

    WORDS = {"traces": "spans", "metrics": "data points", "logs": "log records"}

    def __init__(self, lab, name, url, rate=10, duration=None):
        command = [LAUNCHER, "demo", "--endpoint", url, "--rate", rate]
        self.process = lab.start(name, command + (["--duration", duration] if duration else []))

    def wait(self, seconds):
        """What it sent in its duration, as items of each signal; not one export may have failed."""
        return self._sent(self.process.wait(seconds))

    def stop(self):
        """Closes it; what it sent."""
        return self._sent(self.process.stop(STOP_SECONDS))

    def _sent(self, status):
        counts = {what: int(number) for number, what in re.findall(r"(\d+) ([a-z ]+)", self.process.stdout())}
        if status != 0 or counts.get("exports failed") != 0:
            raise Failed(f"{self.process.name}: status {status}, {counts} (expected: 0, and no exports failed)")
        return {signal: counts[what] for signal, what in self.WORDS.items()}


def expect_all(lab, pipeline, sent):
    """Everything that the shops say they sent is in the files of a pipeline that has stopped."""
    for signal in Shop.WORDS:
        told = sum(each[signal] for each in sent)
        items = pipeline.items(signal)
        distinct = len({item.identity for item in items})
        expect(f"{signal} in the files, without repetition", distinct, told)
        lab.note(f"{signal}: {told} items sent, all in the files, {len(items) - distinct} of them twice")
