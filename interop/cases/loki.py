"""Loki 3: by OTLP and by push it answers LogQL as after the same OTLP sent to it; its refusals and limits are known."""

import json
import time

from lab import backends, peers, web
from lab.millrace import Pipeline
from lab.processes import free_ports
from lab.verdict import expect

PACKAGE = "github.com/grafana/loki/v3/cmd/loki"
OURS = ("otlp", "push")
TENANT = "shop"
OURS_ALONE = ("level", "event_name")
MINUTE = 60_000_000_000
DEAD = {"out_of_order": 1, "too_old": 1, "too_new": 1, "too_large": 1}


def run(lab):
    program = peers.go(lab, "loki", PACKAGE)
    lokis = {name: Loki(lab, f"loki-{name}", program) for name in ("oracle", *OURS)}
    for loki in lokis.values():
        loki.await_ready()
    destinations = {"otlp": f"{lokis['otlp'].url}/otlp", "push": f"{lokis['push'].url}/loki/api/v1/push"}
    pipeline = Pipeline(lab, destinations={"logs": destinations})
    now = time.time_ns()
    web.post_otlp(f"{lokis['oracle'].url}/otlp", "logs", everything(now), TENANT)
    web.post_otlp(pipeline.endpoint("http"), "logs", everything(now), TENANT)
    pipeline.await_settled("logs")
    compare(lab, lokis, now)
    refusals(lab, pipeline, lokis, now)
    over_its_rate(lab, pipeline, lokis, now)
    pipeline.stop()


def compare(lab, lokis, now):
    expected = lokis["oracle"].lines(TENANT, now)
    expect("lines of the oracle", len(expected), 2 * len(LINES))
    same("by OTLP", lokis["otlp"].lines(TENANT, now), expected)
    # By push the labels are ours to choose, and all else is structured metadata: together they are the same.
    same("by push", together(lokis["push"].lines(TENANT, now)), together(expected))
    labels = {key for _, _, labels, _ in lokis["push"].lines(TENANT, now) for key in labels}
    expect("labels by push", sorted(labels), ["deployment_environment", "k8s_namespace_name", "service_name"])
    found = lokis["push"].lines(TENANT, now, '{service_name="checkout"} | trace_id="' + TRACE + '"')
    expect("lines of a trace", len(found), 2)
    lab.note(f"OTLP and push: {len(expected)} lines, labels and structured metadata equal")


def together(lines):
    """Without what only our push tells."""
    both = [(when, line, {**labels, **metadata}) for when, line, labels, metadata in lines]
    return [(when, line, {key: value for key, value in each.items() if key not in OURS_ALONE}) for when, line, each in both]


def same(what, found, expected):
    expect(f"{what}: lines", [each[:2] for each in found], [each[:2] for each in expected])
    for mine, other in zip(found, expected):
        expect(f"{what}: labels and metadata of {mine[1]!r}", mine[2:], other[2:])


def refusals(lab, pipeline, lokis, now):
    """One line each that it will never take, among others that it does."""
    for ago in (0, 150 * MINUTE, 30 * 24 * 60 * MINUTE, -60 * MINUTE):
        send(pipeline, "late", [line(now - ago, f"{ago} ago"), line(now + MINUTE // 60, "in time")])
    send(pipeline, "small", [line(now, "x" * 2000), line(now + 1, "short")])
    for name in OURS:
        expect(f"{name}: dead letters", pipeline.dead("logs", name), DEAD)
        expect(f"{name}: late", {each[1] for each in lokis[name].lines("late", now)}, {"0 ago", "in time"})
        expect(f"{name}: small", {each[1] for each in lokis[name].lines("small", now)}, {"short"})
    lab.note("too far behind, too old, too new and too long lines: dead letters, by their reasons; the others are there")


def over_its_rate(lab, pipeline, lokis, now):
    """Lines one by one, then in one request that is more than its burst: as it is, that would never be taken."""
    before = pipeline.metric("millrace_retries_total", signal="logs")
    lines = [line(now + i, f"{letter} " + "x" * 6000) for i, letter in enumerate("abcdefghijkl")]
    for records in (*([each] for each in lines[:6]), lines[6:]):
        web.post_otlp(pipeline.endpoint("http"), "logs", request(records), "slow")
    pipeline.await_settled("logs")
    expect("anything sent again", pipeline.metric("millrace_retries_total", signal="logs") > before, True)
    for name in OURS:
        expect(f"{name}: slow", sorted(each[1][0] for each in lokis[name].lines("slow", now)), list("abcdefghijkl"))
    lab.note("over its rate: sent again until all was taken; over its burst: in halves")


def send(pipeline, tenant, records):
    web.post_otlp(pipeline.endpoint("http"), "logs", request(records), tenant)
    pipeline.await_settled("logs")


def request(records, resource=(), scope=None):
    attributes = [{"key": "service.name", "value": {"stringValue": "checkout"}}, *resource]
    scopes = [{"scope": scope or {}, "logRecords": records}]
    return {"resourceLogs": [{"resource": {"attributes": attributes}, "scopeLogs": scopes}]}


def line(nanos, text, **more):
    return {"timeUnixNano": str(nanos), "body": {"stringValue": text}, **more}


TRACE = "5b8efff798038103d269b633813fc60c"
LINES = (
    {"body": {"stringValue": "plain"}},
    {"body": {"stringValue": "grün ✓ \n two lines"}, "severityNumber": 9, "severityText": "INFO"},
    {"body": {"stringValue": "failed"}, "severityNumber": 17, "traceId": TRACE, "spanId": "eee19b7ec3c1b174", "flags": 1},
    {"body": {"intValue": "42"}},
    {"body": {"boolValue": True}},
    {"body": {"kvlistValue": {"values": [{"key": "b", "value": {"intValue": "1"}}, {"key": "a", "value": {"stringValue": "x"}}]}}},
    {"body": {"arrayValue": {"values": [{"stringValue": "x"}, {"doubleValue": 0.5}]}}},
    {
        "body": {"stringValue": "attributes"},
        "eventName": "order.placed",
        "attributes": [
            {"key": "http.method", "value": {"stringValue": "GET"}},
            {"key": "count", "value": {"intValue": "7"}},
            {"key": "ratio", "value": {"doubleValue": 0.25}},
            {"key": "ok", "value": {"boolValue": False}},
            {"key": "tags", "value": {"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}}},
            {"key": "user", "value": {"kvlistValue": {"values": [{"key": "id", "value": {"intValue": "9"}}]}}},
            {"key": "sym.bols-/ü", "value": {"stringValue": "x"}},
            {"key": "1st", "value": {"stringValue": "x"}},
        ],
    },
)
RESOURCE = (
    {"key": "k8s.namespace.name", "value": {"stringValue": "shop"}},
    {"key": "deployment.environment", "value": {"stringValue": "test"}},
    {"key": "host.name", "value": {"stringValue": "h1"}},
)


def everything(now):
    """All kinds of bodies and attributes, from a resource with labels and a plain one."""
    rich = [{"timeUnixNano": str(now + i), **each} for i, each in enumerate(LINES)]
    plain = [{"observedTimeUnixNano": str(now + 100 + i), **each} for i, each in enumerate(LINES)]
    scope = {"name": "io.shop", "version": "1.2", "attributes": [{"key": "a", "value": {"stringValue": "b"}}]}
    first, second = request(rich, RESOURCE, scope), request(plain)
    return {"resourceLogs": first["resourceLogs"] + second["resourceLogs"]}


class Loki:
    def __init__(self, lab, name, program):
        http, grpc = free_ports(2)
        self.url = f"http://127.0.0.1:{http}"
        tenants = backends.config(lab, "loki-tenants.yaml", f"{name}-tenants")
        data = backends.data(lab, name)
        config = backends.config(lab, "loki.yaml", name, http=http, grpc=grpc, data=data, tenants=tenants)
        self.process = lab.start(name, [program, f"-config.file={config}"])

    def await_ready(self):
        ready = f"{self.url}/ready"
        self.process.await_(ready, lambda: web.is_ready(ready), backends.START_SECONDS)

    def lines(self, tenant, now, query='{service_name=~".+"}'):
        """Time, line, labels and structured metadata of each, in order."""
        parameters = {"query": query, "start": now - 3 * 60 * MINUTE, "end": now + MINUTE, "limit": 1000}
        headers = {"X-Scope-OrgID": tenant, "X-Loki-Response-Encoding-Flags": "categorize-labels"}
        found = web.get_json(f"{self.url}/loki/api/v1/query_range", parameters, headers)["data"]["result"]
        return sorted(
            (
                (int(when) - now, text, stream["stream"], more.get("structuredMetadata", {}))
                for stream in found
                for when, text, more in stream["values"]
            ),
            key=lambda each: json.dumps(each),
        )
