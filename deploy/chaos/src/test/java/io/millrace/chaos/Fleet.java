package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.daemon.Daemon;
import io.millrace.otlp.Signal;
import io.millrace.standalone.FreePorts;
import io.millrace.standalone.LedgerTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Kafka, gateways and processors as processes of their own, and the {@link Sink} that processors
 * deliver to.
 */
final class Fleet implements AutoCloseable {

  /** Name of the sink in the configuration. */
  static final String DESTINATION = "sink";

  /**
   * How large it is.
   *
   * @param processors of each of the signals
   * @param more configuration, {@code key=value} each
   */
  record Size(int brokers, int gateways, List<Signal> signals, int processors, String... more) {}

  private final Path folder;
  private final Size size;
  private final Sink sink = Sink.start();
  private final List<Broker> brokers;
  private final List<Member> gateways = new ArrayList<>();
  private final List<Integer> gatewayPorts = new ArrayList<>();
  private final List<Integer> grpcPorts = new ArrayList<>();
  private final Map<Signal, List<Member>> processors = new EnumMap<>(Signal.class);
  private final KafkaView kafka;
  private int firstUnusedNumber;

  private Fleet(Path folder, Path dataDir, Size size) {
    this.folder = folder;
    this.size = size;
    this.brokers = Broker.cluster(dataDir, folder, size.brokers);
    this.kafka = new KafkaView(all(brokers, Broker::clients));
    for (int i = 0; i < size.gateways; i++) {
      gateways.add(gateway());
    }
    for (Signal signal : size.signals) {
      processors.put(signal, new ArrayList<>());
      for (int i = 0; i < size.processors; i++) {
        processors.get(signal).add(processor(signal));
      }
    }
  }

  /** As {@link #start(Path, Path, Size)} with Kafka's data beside all else. */
  static Fleet start(Path folder, Size size) {
    return start(folder, folder, size);
  }

  /**
   * Returns when all are ready.
   *
   * @param folder where their output goes
   * @param dataDir where Kafka's data goes
   */
  static Fleet start(Path folder, Path dataDir, Size size) {
    Fleet fleet = new Fleet(folder, dataDir, size);
    try {
      fleet.brokers.forEach(Broker::start);
      fleet.brokers.forEach(Broker::awaitReady);
      fleet.createTopics();
      fleet.members().forEach(Member::start);
      fleet.awaitReady();
      return fleet;
    } catch (RuntimeException | AssertionError e) {
      fleet.close();
      throw e;
    }
  }

  private void createTopics() {
    List<String> arguments = new ArrayList<>(List.of("apply", "--config", config().toString()));
    arguments.add("--set=kafka.bootstrap-servers=" + all(brokers, Broker::clients));
    for (String setting : size.more) {
      arguments.add("--set=" + setting);
    }
    int status =
        Daemon.commandLine(new io.millrace.topics.Main()).execute(arguments.toArray(String[]::new));
    assertThat(status).as("exit status of topics apply").isZero();
  }

  private Member gateway() {
    int port = FreePorts.choose(1).get(0);
    int grpcPort = FreePorts.choose(1).get(0);
    gatewayPorts.add(port);
    grpcPorts.add(grpcPort);
    return member(
        "gateway",
        all(brokers, Broker::gateways),
        "gateway.http.port=" + port,
        "gateway.grpc.port=" + grpcPort);
  }

  /** One more, which belongs to nobody's list and was not started. */
  Member processor(Signal signal) {
    return member(signal.id(), all(brokers, Broker::processors));
  }

  private Member member(String role, String kafka, String... settings) {
    int adminPort = FreePorts.choose(1).get(0);
    List<String> arguments = new ArrayList<>(List.of("--config", config().toString()));
    Stream.of(
            Stream.of("kafka.bootstrap-servers=" + kafka, "admin.port=" + adminPort),
            Stream.of(settings),
            Stream.of(size.more))
        .flatMap(all -> all)
        .forEach(setting -> arguments.add("--set=" + setting));
    String main = "io.millrace." + role + ".Main";
    return new Member(role + " at " + adminPort, folder, main, arguments, adminPort);
  }

  private static String all(List<Broker> brokers, Function<Broker, String> at) {
    return brokers.stream().map(at).collect(Collectors.joining(","));
  }

  /** Short times, so that what takes minutes in production takes seconds here; little memory. */
  private Path config() {
    Path file = folder.resolve("millrace.yaml");
    String topic =
        "{partitions: 4, replication-factor: %d, max-message-bytes: 64MiB}".formatted(size.brokers);
    StringBuilder yaml = new StringBuilder();
    yaml.append(
        """
        kafka:
          properties: {session.timeout.ms: 4000, heartbeat.interval.ms: 1000, metadata.max.age.ms: 5000}
        topics: {traces: %s, metrics: %s, logs: %s}
        gateway: {producer: {linger: 1ms, delivery-timeout: 6s}}
        """
            .formatted(topic, topic, topic));
    for (Signal signal : Signal.values()) {
      yaml.append(
          """
          %s:
            delivery:
              max-in-flight-bytes: 1MiB
              batch: {max-bytes: 32KiB, max-wait: 20ms}
              retry: {initial: 20ms, max: 1s}
              drain-timeout: 5s
            destinations: {%s: {url: '%s', timeout: 1m}}
          """
              .formatted(signal.id(), DESTINATION, sink.url()));
    }
    try {
      return Files.writeString(file, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Sink sink() {
    return sink;
  }

  KafkaView kafka() {
    return kafka;
  }

  List<Signal> signals() {
    return size.signals;
  }

  static String topic(Signal signal) {
    return "otlp-" + signal.id();
  }

  Broker broker() {
    return brokers.get(0);
  }

  List<Broker> brokers() {
    return brokers;
  }

  List<Member> gateways() {
    return gateways;
  }

  /** Where they take OTLP/HTTP. */
  List<Integer> gatewayPorts() {
    return gatewayPorts;
  }

  /** Where they take OTLP/gRPC. */
  List<Integer> grpcPorts() {
    return grpcPorts;
  }

  List<Member> processors(Signal signal) {
    return processors.getOrDefault(signal, List.of());
  }

  List<Member> processors() {
    return processors.values().stream().flatMap(List::stream).toList();
  }

  private List<Member> members() {
    return Stream.concat(gateways.stream(), processors().stream()).toList();
  }

  void awaitReady() {
    members().forEach(Member::awaitReady);
  }

  boolean isWhole() {
    return brokers.stream().allMatch(Broker::isAlive)
        && members().stream().allMatch(Member::isAlive);
  }

  /** Until all that was acknowledged by now is delivered and committed. */
  void awaitCommitted() {
    size.signals.forEach(signal -> kafka.awaitCommitted(signal, topic(signal)));
  }

  /**
   * Keeps numbers for one sender of each signal.
   *
   * @return the first of them
   */
  int reserveNumbers(int count) {
    int first = firstUnusedNumber;
    firstUnusedNumber += count;
    return first;
  }

  /** What {@code ledger} says of those who live now, of their whole lives. */
  LedgerTable ledger() {
    return LedgerTable.of(members().stream().map(Member::adminUrl).toList());
  }

  /** When nothing is on its way. */
  LedgerTable assertLedgerCloses() {
    LedgerTable table = ledger();
    assertThat(table.closes()).as(() -> String.join("\n", table.lines())).isTrue();
    return table;
  }

  @Override
  public void close() {
    members().forEach(Member::close);
    brokers.forEach(Broker::close);
    kafka.close();
    sink.close();
  }
}
