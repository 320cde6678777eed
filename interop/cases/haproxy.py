"""HAProxy before three gateways: drained one after another and one killed, under load; nothing acknowledged is lost."""

import csv
import urllib.error
import urllib.request

from lab import peers
from lab.fleet import Fleet
from lab.processes import free_ports

PORTS = ("grpc", "http", "admin", "proxied")
SECONDS = 180


def run(lab):
    program = peers.installed(lab, "haproxy", "apt-get install haproxy")
    fleet = Fleet(lab, PORTS, proxy_protocol)
    proxy = Proxy(lab, program, fleet.ports)
    fleet.run(proxy.ports["grpc"], proxy.ports["http"], proxy.await_up, proxy.summary)


def proxy_protocol(ports):
    port, trusted = "gateway.http.proxy-protocol.port", "gateway.http.proxy-protocol.trusted"
    return {port: ports["proxied"], trusted: "[127.0.0.1]"}


class Proxy:
    """HAProxy with haproxy/haproxy.cfg, and what it says of the gateways."""

    def __init__(self, lab, program, gateways):
        self.ports = dict(zip(("grpc", "http", "stats"), free_ports(3)))
        env = {f"{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        for name, ports in gateways.items():
            env.update({f"{name}_{kind}".upper(): str(port) for kind, port in ports.items()})
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
