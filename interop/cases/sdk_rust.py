"""OpenTelemetry SDK of Rust: equal items over gRPC, HTTP/protobuf and HTTP/JSON, and its retry on our refusals."""

from lab import peers, sdk


def run(lab):
    protocols = ["grpc", "http/protobuf", "http/json"]
    sdk.run(lab, [peers.rust(lab, "sdk-rust")], protocols, retrying=protocols)
