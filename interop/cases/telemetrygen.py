"""telemetrygen: all signals over gRPC and HTTP, its own count of what it sent against ours."""

import re

from lab import peers
from lab.millrace import Pipeline
from lab.verdict import Failed, expect

PACKAGE = "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen"
COUNT = 300
SEND_SECONDS = 120

# A trace is a span and its child.
ITEMS = {"traces": 2, "metrics": 1, "logs": 1}


def run(lab):
    telemetrygen = peers.go(lab, "telemetrygen", PACKAGE)
    pipeline = Pipeline(lab)
    sent = {
        (signal, protocol): send(lab, telemetrygen, pipeline, signal, protocol)
        for signal in ITEMS
        for protocol in ("grpc", "http")
    }
    pipeline.stop()
    for (signal, protocol), count in sent.items():
        items = [item for item in pipeline.items(signal) if item.service == service(protocol)]
        expect(f"{signal} over {protocol}, in the files", len(items), count * ITEMS[signal])
        expect(f"{signal} over {protocol}, distinct", len({item.identity for item in items}), len(items))
        expect(f"{signal} over {protocol}, without the attribute", [i for i in items if mark(i) != protocol], [])
    lab.note(f"{COUNT} traces, metrics and logs each over gRPC and HTTP; all in the files, none twice")


def send(lab, telemetrygen, pipeline, signal, protocol):
    """How many it says it sent."""
    command = [telemetrygen, signal, f"--{signal}", COUNT, "--rate", 0, "--otlp-insecure"]
    command += ["--service", service(protocol), "--telemetry-attributes", f'mark="{protocol}"']
    command += ["--otlp-endpoint", pipeline.endpoint(protocol).removeprefix("http://")]
    if protocol == "http":
        command += ["--otlp-http", "--otlp-http-url-path", f"/v1/{signal}"]
    said = lab.run(f"{signal}-{protocol}", command, SEND_SECONDS).stderr()
    generated = re.search(rf'{signal} generated.*"{signal}": (\d+)', said)
    if not generated:
        raise Failed(f"telemetrygen {signal} does not say how many it sent")
    return int(generated.group(1))


def service(protocol):
    return f"gen-{protocol}"


def mark(item):
    return item.attributes.get("mark")
