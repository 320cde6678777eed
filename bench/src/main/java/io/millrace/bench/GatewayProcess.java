package io.millrace.bench;

import io.millrace.otlp.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A gateway under measurement, ours or a Collector, that puts each signal into a topic of its own.
 *
 * @param name such as {@code ours} or {@code theirs}; topics are {@code <name>-<signal>}
 */
record GatewayProcess(String name, Child process, int grpcPort, int httpPort)
    implements AutoCloseable {

  static final String OURS = "ours";
  static final String THEIRS = "theirs";

  String topic(Signal signal) {
    return name + "-" + signal.id();
  }

  /**
   * As {@code ./millrace gateway} runs it, with a heap of 256 MiB.
   *
   * @param name of the process and its topics
   */
  static GatewayProcess ours(String name, Path folder, OurProcess our, BrokerProcess broker) {
    int grpc = Child.freePort();
    int http = Child.freePort();
    List<String> command = our.command("gateway");
    OurProcess.set(command, "kafka.bootstrap-servers", broker.bootstrapServers());
    OurProcess.set(command, "gateway.grpc.port", grpc);
    OurProcess.set(command, "gateway.http.port", http);
    OurProcess.set(command, "admin.port", 0);
    for (Signal signal : Signal.values()) {
      OurProcess.set(command, "topics." + signal.id() + ".name", name + "-" + signal.id());
      OurProcess.set(command, "topics." + signal.id() + ".replication-factor", 1);
    }
    Child process = our.start(name, folder, command, "-Xmx256m");
    process.awaitPort(http);
    return new GatewayProcess(name, process, grpc, http);
  }

  /** Set up so that it answers, as ours does, once Kafka has what it was sent. */
  static GatewayProcess theirs(Path folder, Path collector, BrokerProcess broker) {
    int grpc = Child.freePort();
    int http = Child.freePort();
    Path config = folder.resolve("collector-gateway.yaml");
    String text =
        CONFIG
            .replace("GRPC_PORT", Integer.toString(grpc))
            .replace("HTTP_PORT", Integer.toString(http))
            .replace("BROKER", broker.bootstrapServers());
    try {
      Files.writeString(config, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Child process =
        Child.start(
            THEIRS, folder, Map.of(), List.of(collector.toString(), "--config", config.toString()));
    process.awaitPort(grpc);
    process.awaitPort(http);
    return new GatewayProcess(THEIRS, process, grpc, http);
  }

  private static final String CONFIG =
      """
      receivers:
        otlp:
          protocols:
            grpc: {endpoint: "127.0.0.1:GRPC_PORT", max_recv_msg_size_mib: 16}
            http: {endpoint: "127.0.0.1:HTTP_PORT"}
      processors:
        memory_limiter: {check_interval: 1s, limit_mib: 2048}
      exporters:
        kafka:
          brokers: ["BROKER"]
          traces: {topic: theirs-traces, encoding: otlp_proto}
          metrics: {topic: theirs-metrics, encoding: otlp_proto}
          logs: {topic: theirs-logs, encoding: otlp_proto}
          partition_traces_by_id: true
          partition_metrics_by_resource_attributes: true
          partition_logs_by_resource_attributes: true
          record_partitioner: {sticky_key: {hasher: murmur2}}
          producer: {required_acks: -1, compression: zstd, max_message_bytes: 1000000}
          sending_queue: {enabled: false}
      service:
        telemetry: {metrics: {level: none}, logs: {level: warn}}
        pipelines:
          traces: {receivers: [otlp], processors: [memory_limiter], exporters: [kafka]}
          metrics: {receivers: [otlp], processors: [memory_limiter], exporters: [kafka]}
          logs: {receivers: [otlp], processors: [memory_limiter], exporters: [kafka]}
      """;

  int port(OtlpLoad.Transport transport) {
    return transport == OtlpLoad.Transport.GRPC ? grpcPort : httpPort;
  }

  @Override
  public void close() {
    process.close();
  }

  @Override
  public String toString() {
    return name.toLowerCase(Locale.ROOT);
  }
}
