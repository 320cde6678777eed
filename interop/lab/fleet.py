"""Three gateways behind a proxy, under load: drained one after another, and one killed; nothing acknowledged is lost."""

from lab.millrace import Gateway, Pipeline, Shop, expect_all
from lab.processes import free_ports

NAMES = ("one", "two", "three")
SECONDS = 180


class Fleet:
    """settings(ports): more of a gateway's, with ports of its own that kinds names."""

    def __init__(self, lab, kinds=("grpc", "http", "admin"), settings=lambda ports: {}):
        self.lab = lab
        self.settings = settings
        self.pipeline = Pipeline(lab)
        self.ports = {name: dict(zip(kinds, free_ports(len(kinds)))) for name in NAMES}
        self.gateways = {name: self._start(name) for name in NAMES}

    def _start(self, name):
        ports = self.ports[name]
        own = (ports["grpc"], ports["http"], ports["admin"])
        return Gateway(self.lab, f"gateway-{name}", self.pipeline.kafka, self.settings(ports), own)

    def run(self, grpc, http, await_up, summary):
        """grpc, http: ports of the proxy. await_up(name): until it has seen that a gateway is there."""
        for name in NAMES:
            await_up(name)
        shops = [
            Shop(self.lab, f"shop-{scheme}", f"{scheme}://127.0.0.1:{port}") for scheme, port in (("grpc", grpc), ("http", http))
        ]
        for name in NAMES:
            await_taking(self.gateways[name])
        for name in NAMES:
            self.gateways[name].stop()
            self._restart(name, await_up)
        self.lab.note("three gateways drained one after another under load, each with exit status 0")
        self.gateways["one"].process.kill()
        await_taking(self.gateways["two"])
        await_taking(self.gateways["three"])
        self._restart("one", await_up)
        self.lab.note("one gateway killed under load")
        sent = [shop.stop() for shop in shops]
        self.lab.note(summary())
        for gateway in self.gateways.values():
            gateway.stop()
        self.pipeline.stop()
        expect_all(self.lab, self.pipeline, sent)

    def _restart(self, name, await_up):
        self.gateways[name] = self._start(name)
        await_up(name)
        await_taking(self.gateways[name])


def await_taking(gateway):
    """Until it has published more than it has now."""
    metric = "millrace_gateway_published_items_total"
    before = gateway.metric(metric)
    gateway.process.await_("more items published", lambda: gateway.metric(metric) > before, SECONDS)
