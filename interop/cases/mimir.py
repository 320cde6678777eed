"""Mimir: tenants by remote write 1.0, 2.0 and OTLP hold what Prometheus does; its refusals, limits and HA labels are known."""

import json
import time

from lab import backends, peers, web
from lab.millrace import Pipeline
from lab.processes import free_ports
from lab.prometheus import CASE_SECONDS, PACKAGE, Golden, Prometheus, gauge, same, send_gauge
from lab.promql import EVERYTHING, QueryApi
from lab.verdict import expect

MIMIR = "github.com/grafana/mimir/cmd/mimir"
OURS = ("remote-write", "remote-write-2", "otlp")
DEAD = {"out_of_order": 1, "too_old": 1, "too_new": 1, "duplicate": 1, "limit_exceeded": 1}
# By OTLP it takes a request and says that it has rejected points of it, unless one is of the future.
DEAD_BY_OTLP, REJECTED_BY_OTLP = {"too_new": 1}, 4
MINUTE = 60
DAY = 24 * 60 * MINUTE


def run(lab):
    mimir = Mimir(lab, peers.go(lab, "mimir", MIMIR))
    oracle = Prometheus(lab, "oracle", peers.go(lab, "prometheus", PACKAGE, version="3."), ["--web.enable-otlp-receiver"])
    golden = Golden()
    one_pipeline(lab, mimir, golden, oracle)
    two_replicas(lab, mimir, golden, oracle)


def one_pipeline(lab, mimir, golden, oracle):
    """Each protocol has a tenant of its own for what has none; what has one goes to it by all three."""
    destinations = {name: {**mimir.keys(name), "headers": f"{{X-Scope-OrgID: {name}}}"} for name in OURS}
    pipeline = Pipeline(lab, destinations={"metrics": destinations})
    golden.send(pipeline, [oracle.otlp])
    for name in OURS:
        golden.compare(lab, name, oracle, mimir.tenant(name))
    now = int(time.time())
    for tenant in ("shop", "bank"):
        send_gauge(pipeline, f"interop.{tenant}", now, 1, tenant)
        names = [json.loads(labels)["__name__"] for labels in mimir.tenant(tenant).alive(EVERYTHING, now * 1000, 1)]
        expect(f"tenant {tenant}", names, [f"interop_{tenant}"])
    for after, value in ((-10 * MINUTE, 1), (-20 * MINUTE, 1), (-10 * MINUTE, 1), (-10 * MINUTE, 2), (-DAY, 1), (DAY, 1)):
        send_gauge(pipeline, "interop.late", now + after, value, "shop")
    over_limits(pipeline, now)
    for name in OURS:
        expect(f"{name}: dead letters", pipeline.dead("metrics", name), DEAD_BY_OTLP if name == "otlp" else DEAD)
        rejected = pipeline.metric("millrace_rejected_items_total", signal="metrics", destination=name)
        expect(f"{name}: rejected", rejected, REJECTED_BY_OTLP if name == "otlp" else 0)
    lab.note("out of order, duplicate, too old, too new and too many series: refusals known; over its rate: sent again")
    pipeline.stop()


def over_limits(pipeline, now):
    """Two series are allowed of three; then 20 samples at once, of two requests of 15, and of one of 45."""
    for name in ("one", "two", "three"):
        send_gauge(pipeline, f"interop.{name}", now, 1, "small")
    retries = pipeline.metric("millrace_retries_total", signal="metrics")
    for second, count in enumerate((15, 15, 45)):
        points = [
            {"timeUnixNano": f"{now + second}000000000", "asInt": "1", "attributes": [attribute("n", n)]} for n in range(count)
        ]
        web.post_otlp(pipeline.endpoint("http"), "metrics", gauge("interop.rate", points), "slow")
        pipeline.await_settled("metrics")
    expect("anything sent again", pipeline.metric("millrace_retries_total", signal="metrics") > retries, True)


def attribute(key, value):
    return {"key": key, "value": {"stringValue": str(value)}}


def two_replicas(lab, mimir, golden, oracle):
    """Mimir takes one of them, without the label that tells which."""
    destinations = {
        replica: {
            **mimir.keys("remote-write"),
            "headers": "{X-Scope-OrgID: replicated}",
            "high-availability.cluster": "shop",
            "high-availability.replica": replica,
        }
        for replica in ("a", "b")
    }
    pipeline = Pipeline(lab, name="up-replicas", destinations={"metrics": destinations})
    golden.send(pipeline)
    for replica in destinations:
        expect(f"replica {replica}: dead letters", pipeline.dead("metrics", replica), {})
    pipeline.stop()
    count = 0
    for case, base in golden.bases.items():
        expected = {
            json.dumps({"cluster": "shop", **json.loads(labels)}, sort_keys=True, ensure_ascii=False): samples
            for labels, samples in oracle.samples(EVERYTHING, base, CASE_SECONDS - 1).items()
        }
        same(f"replicas: {case}", mimir.tenant("replicated").samples(EVERYTHING, base, CASE_SECONDS - 1), expected)
        count += len(expected)
    lab.note(f"two replicas: {count} series of the cluster, each once")


class Mimir(backends.Backend):
    def __init__(self, lab, program):
        http, grpc = free_ports(2)
        self.url = f"http://127.0.0.1:{http}"
        tenants = backends.config(lab, "mimir-tenants.yaml", "mimir-tenants")
        data = backends.data(lab, "mimir")
        config = backends.config(lab, "mimir.yaml", "mimir", http=http, grpc=grpc, data=data, tenants=tenants)
        super().__init__(lab, "mimir", [program, f"-config.file={config}"], f"{self.url}/ready")

    def keys(self, protocol):
        if protocol == "otlp":
            return {"url": f"{self.url}/otlp"}
        return {"url": f"{self.url}/api/v1/push", "protocol": protocol}

    def tenant(self, name):
        return QueryApi(f"{self.url}/prometheus", {"X-Scope-OrgID": name})
