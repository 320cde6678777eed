"""OpenTelemetry SDK of Java: equal items over gRPC and HTTP/protobuf, and its retry on our refusals."""

from lab import peers, sdk


def run(lab):
    protocols = ["grpc", "http/protobuf"]
    sdk.run(lab, ["java", "-cp", peers.java(lab, "sdk-java"), "App"], protocols, retrying=protocols)
