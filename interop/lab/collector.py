"""The Collector at one of Kafka's sides, as collector/ configures it."""

from lab import otlp, peers
from lab.processes import free_ports, is_listening

SECONDS = 120
CONFIGS = peers.PINS / "collector"


class Exporting:
    """A Collector as a gateway.

    keyed: "true" for keys of trace ids and resource attributes. logs_by_trace: and logs by trace ids, too.
    """

    def __init__(self, lab, name, otelcol, kafka, keyed, hasher, compression, logs_by_trace=False):
        self.grpc_port, self.http_port = free_ports(2)
        ports = {"GRPC_PORT": str(self.grpc_port), "HTTP_PORT": str(self.http_port)}
        logs = {"LOGS_BY_RESOURCE": "false" if logs_by_trace else keyed, "LOGS_BY_TRACE": str(logs_by_trace).lower()}
        env = {"KAFKA": kafka, "KEYED": keyed, "HASHER": hasher, "COMPRESSION": compression, **logs, **ports}
        self.process = lab.start(name, [otelcol, "--config", CONFIGS / "to-kafka.yaml"], env)
        for port in (self.grpc_port, self.http_port):
            self.process.await_(f"port {port}", lambda: is_listening(port), SECONDS)


class Reading:
    """A Collector that writes what it reads from Kafka to files."""

    def __init__(self, lab, name, otelcol, kafka, config):
        self.folder = lab.folder / f"read-by-{name}"
        self.folder.mkdir()
        env = {"KAFKA": kafka, "OUT": str(self.folder)}
        self.process = lab.start(name, [otelcol, "--config", CONFIGS / config], env)

    def items(self, signal):
        return [item for file in self.folder.glob(f"{signal}.jsonl") for item in otlp.read_file(file, signal)]

    def await_(self, signal, count):
        self.process.await_(f"{count} items of {signal}", lambda: len(self.items(signal)) >= count, SECONDS)
