"""What a backend for traces has to hold: all that the sampler has kept, whole and equal, by OTLP/gRPC and OTLP/HTTP."""

from lab import otlp, peers, sdk
from lab.millrace import Pipeline, Shop
from lab.verdict import expect

SECONDS = 120
POLICIES = (
    "{decision_wait: 3s, policies: ["
    "{name: errors, type: status_code, status_code: {status_codes: [ERROR]}}, "
    "{name: some, type: probabilistic, probabilistic: {sampling_percentage: 20}}]}"
)
FILES = "files"


def run(lab, destinations, query, lost=()):
    """An SDK and a shop tell of traces; query(destination, trace id, tenant) gives the items of one, as otlp has them.

    destinations: URLs by name. What they hold is compared with what the same sampler keeps for files.
    lost: fields of spans and their links that the backend does not store for good.
    """
    app = [peers.go(lab, "sdk-go", ".")]
    kept = lab.folder / "kept"
    pipeline = Pipeline(
        lab,
        {"traces.tail_sampling": POLICIES},
        destinations={"traces": {FILES: kept.as_uri(), **destinations}},
    )
    told = {}
    for protocol in ("grpc", "http/protobuf"):
        who = sdk.tenant("sdk", protocol)
        told[who] = sdk.start(lab, app, pipeline, who, protocol)()
    Shop(lab, "shop", pipeline.endpoint("grpc").replace("http", "grpc", 1), duration="5s").wait(SECONDS)
    pipeline.await_settled("traces")
    expect("anything sampled out", pipeline.metric("millrace_sampled_out_items_total", destination=FILES) > 0, True)
    for destination in destinations:
        expect(f"{destination}: dead letters", pipeline.dead("traces", destination), {})
    pipeline.stop()
    files = {who: otlp.read(kept / who, "traces") for who in told}
    for who, ids in told.items():
        sdk.check_spans(who, files[who], ids)
    files[None] = otlp.read_file(kept / "traces.jsonl", "traces")
    for destination in destinations:
        compare(lab, destination, files, query, lost)


def compare(lab, destination, files, query, lost):
    for tenant, items in files.items():
        traces = by_trace(items)
        for trace, expected in traces.items():
            found = query(destination, trace, tenant)
            what = f"{destination}: trace {trace} of {tenant}"
            expect(f"{what}: spans", sorted(found.keys()), sorted(expected.keys()))
            for span, item in expected.items():
                expect(f"{what}: span {span}", without(lost, found[span]), without(lost, item))
        spans = sum(len(each) for each in traces.values())
        lab.note(f"{destination}: {len(traces)} traces of {spans} spans of {tenant or 'no tenant'}, whole and equal")


def without(lost, item):
    kept = {key: value for key, value in item.items() if key not in lost}
    if "links" in kept:
        kept["links"] = [without(lost, link) for link in kept["links"]]
    return kept


def by_trace(items):
    """Spans by trace id and span id."""
    traces = {}
    for item in items:
        traces.setdefault(item.data["traceId"], {})[item.data["spanId"]] = comparable(item)
    return traces


def comparable(item):
    """All that a span says, without the ways there are to write it."""
    span = dict(item.data)
    for key in ("events", "links"):
        span[key] = [{**each, "attributes": otlp.attributes(each)} for each in span.get(key, [])]
    return {
        "resource": item.resource,
        "scope": {key: item.scope[key] for key in ("name", "version") if item.scope.get(key)},
        **{key: value for key, value in span.items() if value not in ("", 0, [], {}, None)},
        "attributes": item.attributes,
    }
