"""What the OpenTelemetry SDK of any language has to bring about, through a small app written with it.

The app is called with PROTOCOL (grpc, http/protobuf or http/json) and BATCHES, and takes the rest from
OpenTelemetry's own variables. It tells of each batch a root span `batch` with 19 children `step-N`, of
kind client, with an event `retried`, the odd ones failed with `boom`; 20 log records `line BATCH-N`, WARN,
in the context of the root; and flushes. Over all batches, a counter `interop.count`, one for each log
record, a histogram `interop.size` of 0 to 19, and a gauge `interop.level` of 42.5. All have ATTRIBUTES.
It writes the trace and span ids as JSON, [[trace, span], ...], and ends with status 0.
"""

import json
import signal

from lab.millrace import Gateway, Pipeline
from lab.verdict import expect

ATTRIBUTES = {
    "text": "grün ✓",
    "int": 1234567890123,
    "double": 0.25,
    "bool": True,
    "texts": ["a", "b"],
    "ints": [1, 2, 3],
}
BATCH = 20
BATCHES = 2
APP_SECONDS = 180
REFUSED_SECONDS = 60
OVER_LIMIT = {"reason": "over_tenant_limit"}
KAFKA_AWAY = {"reason": "kafka_unavailable"}


def run(lab, app, protocols, retrying):
    """Every protocol plainly; those that are retried also over a limit, and with Kafka away.

    app: the command. retrying: those of the protocols over which the SDK retries.
    """
    limits = {}
    for protocol in retrying:
        limits[f"gateway.tenants.overrides.{tenant('limited', protocol)}.items-per-second"] = BATCH // 2
        limits[f"gateway.tenants.overrides.{tenant('limited', protocol)}.burst"] = "2s"
    pipeline = Pipeline(lab, limits)
    gateway = Gateway(lab, "gateway", pipeline.kafka, {"gateway.producer.delivery-timeout": "2s"})
    told = {}
    for protocol in protocols:
        plain = tenant("plain", protocol)
        told[plain] = start(lab, app, pipeline, plain, protocol)()
    for protocol in retrying:
        limited, away = tenant("limited", protocol), tenant("away", protocol)
        told[limited] = over_limit(lab, app, pipeline, limited, protocol)
        told[away] = kafka_away(lab, app, pipeline, gateway, away, protocol)
    gateway.stop()
    pipeline.stop()
    for who, ids in told.items():
        check(pipeline, who, ids, once=not who.startswith("away"))
    lab.note(f"{', '.join(protocols)}: traces, metrics and logs equal to what was told")


def tenant(what, protocol):
    return f"{what}-{protocol.replace('/', '-')}"


def start(lab, app, role, who, protocol):
    """Starts the app; the function that it gives waits for its end, and gives the ids."""
    env = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": role.endpoint(protocol),
        "OTEL_EXPORTER_OTLP_PROTOCOL": protocol,
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        "OTEL_EXPORTER_OTLP_INSECURE": "true",
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-scope-orgid={who}",
        # Milliseconds by the specification, seconds by the SDK of Python; long enough by both.
        "OTEL_EXPORTER_OTLP_TIMEOUT": "60000",
        "OTEL_SERVICE_NAME": who,
    }
    process = lab.start(who, [*app, protocol, BATCHES], env)

    def finish():
        expect(f"{who}: exit status", process.wait(APP_SECONDS), 0)
        return json.loads(process.stdout())

    return finish


def over_limit(lab, app, pipeline, who, protocol):
    ids = start(lab, app, pipeline, who, protocol)()
    refused = pipeline.metric("millrace_gateway_tenant_refused_requests_total", tenant=who, **OVER_LIMIT)
    expect(f"{who}: anything refused", refused > 0, True)
    lab.note(f"{protocol}: over a limit, refused {refused:.0f} times until all was taken")
    return ids


def kafka_away(lab, app, pipeline, gateway, who, protocol):
    """The broker is frozen until the gateway has refused something for it."""
    before = refused_for_kafka(gateway)
    pipeline.process.signal(signal.SIGSTOP)
    finish = start(lab, app, gateway, who, protocol)
    gateway.process.await_("a refusal", lambda: refused_for_kafka(gateway) > before, REFUSED_SECONDS)
    pipeline.process.signal(signal.SIGCONT)
    return finish()


def refused_for_kafka(gateway):
    return gateway.metric("millrace_gateway_refused_requests_total", **KAFKA_AWAY)


def check(pipeline, who, ids, once):
    """once: nothing was sent twice, so nothing may be there twice."""
    check_spans(who, delivered(pipeline, "traces", who, once), ids)
    check_logs(who, delivered(pipeline, "logs", who, once), {trace for trace, _ in ids})
    check_metrics(who, delivered(pipeline, "metrics", who, once=False))


def delivered(pipeline, signal_id, who, once):
    items = pipeline.items(signal_id, who)
    distinct = {item.identity: item for item in items}
    if once:
        expect(f"{who}: {signal_id} more than once", len(items) - len(distinct), 0)
    expect(f"{who}: services of {signal_id}", {item.service for item in items}, {who})
    expect(f"{who}: attributes of {signal_id}", [i.attributes for i in items if i.attributes != ATTRIBUTES], [])
    return list(distinct.values())


def check_spans(who, spans, ids):
    expect(f"{who}: spans", len(spans), BATCH * BATCHES)
    expect(f"{who}: span ids", sorted(span_id(span.data) for span in spans), sorted(ids))
    roots = {span.data["traceId"]: span.data["spanId"] for span in spans if span.data["name"] == "batch"}
    for span in (span.data for span in spans if span.data["name"] != "batch"):
        where = f"{who}: {span['name']}"
        failed = int(span["name"].removeprefix("step-")) % 2 == 1
        expect(f"{where}: parent", span["parentSpanId"], roots[span["traceId"]])
        expect(f"{where}: kind", span["kind"], 3)
        expect(f"{where}: events", [event["name"] for event in span["events"]], ["retried"])
        expect(f"{where}: status", span.get("status", {}), {"code": 2, "message": "boom"} if failed else {})


def span_id(span):
    return [span["traceId"], span["spanId"]]


def check_logs(who, records, traces):
    lines = [f"line {batch}-{line}" for batch in range(BATCHES) for line in range(BATCH)]
    expect(f"{who}: log lines", sorted(record.data["body"]["stringValue"] for record in records), sorted(lines))
    expect(f"{who}: severities", {record.data["severityNumber"] for record in records}, {13})
    expect(f"{who}: traces of log records", {record.data["traceId"] for record in records}, traces)


def check_metrics(who, points):
    """SDKs collect again when they shut down; the last point counts."""
    last = {point.metric["name"]: point for point in sorted(points, key=lambda each: int(each.data["timeUnixNano"]))}
    expect(f"{who}: metrics", sorted(last), ["interop.count", "interop.level", "interop.size"])
    expect(f"{who}: gauge", last["interop.level"].data["asDouble"], 42.5)
    expect(f"{who}: counter", number(last["interop.count"].data), BATCH * BATCHES)
    histogram = last["interop.size"].data
    expect(f"{who}: histogram", (int(histogram["count"]), histogram["sum"]), (BATCH * BATCHES, 190 * BATCHES))


def number(point):
    return float(point.get("asInt", point.get("asDouble")))
