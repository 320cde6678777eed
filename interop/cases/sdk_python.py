"""OpenTelemetry SDK of Python: equal items over gRPC and HTTP/protobuf, and its retry on our refusals."""

from lab import peers, sdk


def run(lab):
    python = peers.python(lab, "sdk-python")
    protocols = ["grpc", "http/protobuf"]
    sdk.run(lab, [python, peers.PINS / "sdk-python" / "app.py"], protocols, retrying=protocols)
