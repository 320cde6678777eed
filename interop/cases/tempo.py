"""Tempo 3: spans of an SDK, through gateway and sampler, by OTLP/gRPC and HTTP; found by id and by TraceQL, of their tenant."""

import base64
import time

from lab import backends, otlp, peers, tracing, web
from lab.processes import await_, free_ports
from lab.verdict import expect

PORTS = ("http", "grpc", "otlp_grpc", "otlp_http", "memberlist")
SECONDS = 60
# Its blocks have no column for the flags of spans and links.
LOST = ("flags",)
# Tempo calls so whoever has no tenant; a fleet of several tenants refuses those without.
NOBODY = "single-tenant"


def run(lab):
    program = peers.installed(lab, "tempo", "it is published as a container image, grafana/tempo, and not as a Go module")
    tempos = {name: Tempo(lab, f"tempo-{name}", program) for name in ("grpc", "http")}
    destinations = {
        # What has a tenant has its own; this is for what has none.
        name: {"url": f"{name}://127.0.0.1:{tempo.ports['otlp_' + name]}", "headers": f"{{X-Scope-OrgID: {NOBODY}}}"}
        for name, tempo in tempos.items()
    }
    begun = int(time.time())
    tracing.run(lab, destinations, lambda name, trace, tenant: tempos[name].trace(trace, tenant), LOST)
    for name, tempo in tempos.items():
        for tenant, traces in tempo.asked.items():
            what = f"{name}: TraceQL of {tenant}"
            await_(what, lambda: traces <= tempo.search(tenant, "{}", begun), SECONDS)
        failed = tempo.search("sdk-grpc", '{ name = "step-1" && status = error && span.text = "grün ✓" }', begun)
        expect(f"{name}: TraceQL by attributes", failed, tempo.asked["sdk-grpc"])
        other = min(tempo.asked["sdk-grpc"])
        expect(f"{name}: a trace of another tenant", web.get(tempo.url + f"/api/traces/{other}", None, as_tenant("other"))[0], 404)
        # It takes minutes to stop when it is asked to.
        tempo.process.kill()
    lab.note("all of them found by TraceQL, by their attributes too, and not by another tenant")


def as_tenant(tenant):
    return {"X-Scope-OrgID": tenant or NOBODY, "Accept": "application/json"}


class Tempo(backends.Backend):
    """asked: the traces asked for, by tenant."""

    def __init__(self, lab, name, program):
        self.ports = dict(zip(PORTS, free_ports(len(PORTS))))
        self.url = f"http://127.0.0.1:{self.ports['http']}"
        self.asked = {}
        config = backends.config(lab, "tempo.yaml", name, data=backends.data(lab, name), **self.ports)
        super().__init__(lab, name, [program, f"-config.file={config}"], f"{self.url}/ready")

    def trace(self, trace_id, tenant):
        self.asked.setdefault(tenant, set()).add(trace_id)
        url = f"{self.url}/api/traces/{trace_id}"
        # What it has taken is found a moment later.
        await_(f"trace {trace_id}", lambda: web.get(url, None, as_tenant(tenant))[0] == 200, SECONDS)
        found = web.get_json(url, None, as_tenant(tenant))
        # `batches` are what OTLP calls resourceSpans, with ids in base64 and enums by name.
        request = {"resourceSpans": [plain(batch) for batch in found.get("batches", found.get("resourceSpans", []))]}
        return tracing.by_trace(otlp.items(request, "traces"))[trace_id]

    def search(self, tenant, query, since):
        parameters = {"q": query, "start": since - 60, "end": int(time.time()) + 60, "limit": 10_000}
        found = web.get_json(f"{self.url}/api/search", parameters, as_tenant(tenant))
        # It leaves out leading zeros.
        return {trace["traceID"].zfill(32) for trace in found.get("traces", [])}


KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
STATUSES = ("UNSET", "OK", "ERROR")


def plain(batch):
    """As the specification of OTLP/JSON writes it."""
    for scope in batch.get("scopeSpans", []):
        for span in scope["spans"]:
            for key in ("traceId", "spanId", "parentSpanId"):
                span[key] = hex_id(span.get(key, ""))
            for link in span.get("links", []):
                link.update({key: hex_id(link.get(key, "")) for key in ("traceId", "spanId")})
            if isinstance(span.get("kind"), str):
                span["kind"] = KINDS.index(span["kind"].removeprefix("SPAN_KIND_"))
            status = span.get("status", {})
            if isinstance(status.get("code"), str):
                status["code"] = STATUSES.index(status["code"].removeprefix("STATUS_CODE_"))
    return batch


def hex_id(text):
    """Ids of 8 and 16 bytes are 16 and 32 digits; in base64 they are shorter and end with `=`."""
    return base64.b64decode(text).hex() if text.endswith("=") else text
