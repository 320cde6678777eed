"""OpenTelemetry SDK of Go: equal items over gRPC and HTTP/protobuf, and its retry on our refusals."""

from lab import peers, sdk


def run(lab):
    protocols = ["grpc", "http/protobuf"]
    sdk.run(lab, [peers.go(lab, "sdk-go", ".")], protocols, retrying=protocols)
