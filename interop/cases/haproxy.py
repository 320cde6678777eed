"""HAProxy before three gateways: drained one after another and one killed, under load; nothing acknowledged is lost."""

import csv
import re
import urllib.error
import urllib.request

from lab import peers
from lab.millrace import LAUNCHER, Gateway, Pipeline
from lab.processes import free_ports
from lab.verdict import Failed, expect

NAMES = ("one", "two", "three")
PORTS = ("GRPC", "HTTP", "ADMIN", "PROXIED_HTTP")
RATE = 10
SECONDS = 180


def run(lab):
    program = peers.installed("haproxy", "apt-get install haproxy")
    pipeline = Pipeline(lab)
    ports = {name: free_ports(len(PORTS)) for name in NAMES}
    gateways = {name: start(lab, name, pipeline, ports) for name in NAMES}
    proxy = Proxy(lab, program, ports)
    for name in NAMES:
        proxy.await_up(name)
    load = [Load(lab, proxy, protocol) for protocol in ("grpc", "http")]
    for name in NAMES:
        await_taking(gateways[name])

    for name in NAMES:
        gateways[name].stop()
        gateways[name] = restart(lab, name, pipeline, ports, proxy)
    lab.note("three gateways drained one after another under load, each with exit status 0")
    gateways["one"].process.kill()
    await_taking(gateways["two"])
    await_taking(gateways["three"])
    gateways["one"] = restart(lab, "one", pipeline, ports, proxy)
    lab.note("one gateway killed under load")

    sent = [each.stop() for each in load]
    lab.note(proxy.summary())
    for gateway in gateways.values():
        gateway.stop()
    pipeline.stop()
    check(lab, pipeline, sent)


def start(lab, name, pipeline, ports):
    *own, proxied = ports[name]
    proxy_protocol = {"gateway.http.proxy-protocol.port": proxied, "gateway.http.proxy-protocol.trusted": "[127.0.0.1]"}
    return Gateway(lab, f"gateway-{name}", pipeline.kafka, proxy_protocol, own)


def restart(lab, name, pipeline, ports, proxy):
    gateway = start(lab, name, pipeline, ports)
    proxy.await_up(name)
    await_taking(gateway)
    return gateway


def await_taking(gateway):
    """Until it has published more than it has now."""
    metric = "millrace_gateway_published_items_total"
    before = gateway.metric(metric)
    gateway.process.await_("more items published", lambda: gateway.metric(metric) > before, SECONDS)


def check(lab, pipeline, sent):
    for signal_id, what in (("traces", "spans"), ("metrics", "data points"), ("logs", "log records")):
        told = sum(counts[what] for counts in sent)
        items = pipeline.items(signal_id)
        distinct = len({item.identity for item in items})
        expect(f"{what} in the files, without repetition", distinct, told)
        lab.note(f"{told} {what} sent, {distinct} in the files, {len(items) - distinct} of them twice")


class Load:
    """A shop that sends with the SDK of Java until it is stopped."""

    def __init__(self, lab, proxy, protocol):
        scheme = "grpc" if protocol == "grpc" else "http"
        endpoint = f"{scheme}://127.0.0.1:{proxy.ports[protocol]}"
        self.process = lab.start(f"demo-{protocol}", [LAUNCHER, "demo", "--endpoint", endpoint, "--rate", RATE])

    def stop(self):
        """What it sent, by kind of item."""
        status = self.process.stop(SECONDS)
        counts = {what: int(number) for number, what in re.findall(r"(\d+) ([a-z ]+)", self.process.stdout())}
        if status != 0 or counts.get("exports failed") != 0:
            raise Failed(f"{self.process.name}: status {status}, {counts} (expected: 0, and no exports failed)")
        return counts


class Proxy:
    """HAProxy with haproxy/haproxy.cfg, and what it says of the gateways."""

    def __init__(self, lab, program, gateways):
        self.ports = dict(zip(("grpc", "http", "stats"), free_ports(3)))
        env = {f"{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        for name, ports in gateways.items():
            env.update({f"{name.upper()}_{kind}": str(port) for kind, port in zip(PORTS, ports)})
        self.process = lab.start("haproxy", [program, "-db", "-f", peers.PINS / "haproxy" / "haproxy.cfg"], env)

    def await_up(self, name):
        self.process.await_(f"gateway {name} up", lambda: all(state.startswith("UP") for state in self._states(name)), SECONDS)

    def _states(self, name):
        return [row["status"] for row in self._rows() if row["svname"] == name] or ["not known"]

    def summary(self):
        rows = [row for row in self._rows() if row["svname"] == "BACKEND"]
        columns = {"2xx": "hrsp_2xx", "4xx": "hrsp_4xx", "5xx": "hrsp_5xx", "sent on to another": "wredis"}
        return "HAProxy's answers: " + "; ".join(
            f"{row['# pxname']}: " + ", ".join(f"{row[column]} {what}" for what, column in columns.items())
            for row in rows
        )

    def _rows(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['stats']}/stats;csv", timeout=30) as answer:
                return list(csv.DictReader(answer.read().decode().splitlines()))
        except urllib.error.URLError:
            return []
