"""OpenTelemetry SDK of Node.js: equal items over gRPC, HTTP/protobuf and HTTP/JSON, and its retry on our refusals."""

from lab import peers, sdk

HTTP = ["http/protobuf", "http/json"]


def run(lab):
    app = [peers.installed(lab, "node", "Node.js 18.19 or newer"), peers.node(lab, "sdk-node") / "app.js"]
    lab.note("grpc: the SDK counts every refusal as final and does not send again, so that is not tried")
    sdk.run(lab, app, ["grpc", *HTTP], retrying=HTTP)
