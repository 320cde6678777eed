"""HAProxy before three gateways: drained one after another and one killed, under load; nothing acknowledged is lost."""

import csv
import urllib.error
import urllib.request

from lab import peers
from lab.millrace import Gateway, Pipeline, Shop, expect_all
from lab.processes import free_ports

NAMES = ("one", "two", "three")
PORTS = ("GRPC", "HTTP", "ADMIN", "PROXIED_HTTP")
SECONDS = 180


def run(lab):
    program = peers.installed(lab, "haproxy", "apt-get install haproxy")
    pipeline = Pipeline(lab)
    ports = {name: free_ports(len(PORTS)) for name in NAMES}
    gateways = {name: start(lab, name, pipeline, ports) for name in NAMES}
    proxy = Proxy(lab, program, ports)
    for name in NAMES:
        proxy.await_up(name)
    shops = [shop(lab, proxy, "grpc"), shop(lab, proxy, "http")]
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

    sent = [shop.stop() for shop in shops]
    lab.note(proxy.summary())
    for gateway in gateways.values():
        gateway.stop()
    pipeline.stop()
    expect_all(lab, pipeline, sent)


def shop(lab, proxy, scheme):
    return Shop(lab, f"shop-{scheme}", f"{scheme}://127.0.0.1:{proxy.ports[scheme]}")


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


class Proxy:
    """HAProxy with haproxy/haproxy.cfg, and what it says of the gateways."""

    def __init__(self, lab, program, gateways):
        self.ports = dict(zip(("grpc", "http", "stats"), free_ports(3)))
        env = {f"{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        for name, ports in gateways.items():
            env.update({f"{name.upper()}_{kind}": str(port) for kind, port in zip(PORTS, ports)})
        self.process = lab.start("haproxy", [program, "-db", "-f", peers.PINS / "haproxy" / "haproxy.cfg"], env)

    def await_up(self, name):
        self.process.await_(f"gateway {name} up", lambda: self._is_up(name), SECONDS)

    def _is_up(self, name):
        states = [row["status"] for row in self._rows() if row["svname"] == name]
        return len(states) == 2 and all(state.startswith("UP") for state in states)

    def summary(self):
        return "; ".join(
            f"{row['# pxname']}: {row['hrsp_2xx']} taken, {row['hrsp_5xx']} refused, {row['wredis']} redirected"
            for row in self._rows()
            if row["svname"] == "BACKEND"
        )

    def _rows(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['stats']}/stats;csv", timeout=30) as answer:
                return list(csv.DictReader(answer.read().decode().splitlines()))
        except urllib.error.URLError:
            return []
