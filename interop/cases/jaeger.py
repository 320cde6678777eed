"""Jaeger 2: spans of an SDK, through gateway and sampler, by OTLP/gRPC and HTTP; its query API gives them whole and equal."""

from lab import backends, otlp, peers, tracing, web
from lab.processes import free_ports, is_listening

PACKAGE = "github.com/jaegertracing/jaeger/cmd/jaeger"


def run(lab):
    program = peers.go(lab, "jaeger", PACKAGE)
    jaegers = {name: Jaeger(lab, f"jaeger-{name}", program) for name in ("grpc", "http")}
    destinations = {name: f"{name}://127.0.0.1:{jaeger.ports[name]}" for name, jaeger in jaegers.items()}
    tracing.run(lab, destinations, lambda name, trace, _: jaegers[name].trace(trace))


class Jaeger:
    def __init__(self, lab, name, program):
        self.ports = dict(zip(("grpc", "http", "query", "query_grpc"), free_ports(4)))
        config = backends.config(lab, "jaeger.yaml", name, **self.ports)
        # Of itself it would tell a Collector that is not there.
        process = lab.start(name, [program, "--config", config], {"OTEL_TRACES_SAMPLER": "always_off"})
        for port in self.ports.values():
            process.await_(f"port {port}", lambda: is_listening(port), backends.START_SECONDS)

    def trace(self, trace_id):
        found = web.get_json(f"http://127.0.0.1:{self.ports['query']}/api/v3/traces/{trace_id}")
        spans = tracing.by_trace(otlp.items(found["result"], "traces"))[trace_id]
        for span in spans.values():
            # Its own remarks, such as on clock skew.
            span["attributes"] = {key: value for key, value in span["attributes"].items() if not key.startswith("@jaeger@")}
        return spans
