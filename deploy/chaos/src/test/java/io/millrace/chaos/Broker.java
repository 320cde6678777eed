package io.millrace.chaos;

import static java.util.Map.entry;

import io.millrace.standalone.ChildJvm;
import io.millrace.standalone.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A node of Kafka in a process of its own, broker and controller in one. The test itself reaches it
 * directly, gateways by one {@link NetworkPath} and processors by another.
 */
final class Broker implements AutoCloseable {

  private static final String LOOPBACK = "127.0.0.1:";

  private final Path dataDir;
  private final Path folder;
  private final Path keys;
  private final Ports ports;
  private final NetworkPath toGateways;
  private final NetworkPath toProcessors;
  private @Nullable ChildJvm process;

  /** Where one node listens, and where it says that it does. */
  private record Ports(
      int clients,
      int controller,
      int gateways,
      int viaGateways,
      int processors,
      int viaProcessors) {

    static Ports choose() {
      List<Integer> free = FreePorts.choose(6);
      return new Ports(
          free.get(0), free.get(1), free.get(2), free.get(3), free.get(4), free.get(5));
    }
  }

  private Broker(Path dataDir, Path folder, int id, List<Ports> all) {
    this.dataDir = dataDir;
    this.folder = folder;
    this.ports = all.get(id - 1);
    this.keys = folder.resolve("broker-" + id + ".properties");
    this.toGateways = NetworkPath.open(ports.viaGateways, ports.gateways);
    this.toProcessors = NetworkPath.open(ports.viaProcessors, ports.processors);
    write(keys, keys(id, ports, all));
  }

  /**
   * So many nodes of one cluster, which were not started yet.
   *
   * @param dataDir where each has a folder for its data
   * @param folder where their output goes
   */
  static List<Broker> cluster(Path dataDir, Path folder, int nodes) {
    List<Ports> all = IntStream.range(0, nodes).mapToObj(node -> Ports.choose()).toList();
    return IntStream.rangeClosed(1, nodes)
        .mapToObj(id -> new Broker(dataDir.resolve("kafka-" + id), folder, id, all))
        .toList();
  }

  private static Map<String, String> keys(int id, Ports own, List<Ports> all) {
    String replicas = "" + all.size();
    String isr = "" + Math.max(1, all.size() - 1);
    Map<String, String> keys = new TreeMap<>();
    keys.putAll(
        Map.ofEntries(
            entry("node.id", "" + id),
            entry("process.roles", "broker,controller"),
            entry("controller.listener.names", "CONTROLLER"),
            entry("inter.broker.listener.name", "CLIENTS"),
            entry(
                "listeners",
                listeners(own.clients, own.gateways, own.processors)
                    + ",CONTROLLER://"
                    + LOOPBACK
                    + own.controller),
            entry(
                "advertised.listeners", listeners(own.clients, own.viaGateways, own.viaProcessors)),
            entry(
                "listener.security.protocol.map",
                "CLIENTS:PLAINTEXT,GATEWAYS:PLAINTEXT,PROCESSORS:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            entry("controller.quorum.voters", voters(all)),
            entry("offsets.topic.replication.factor", replicas),
            entry("transaction.state.log.replication.factor", replicas),
            entry("transaction.state.log.min.isr", isr),
            // As for their clients: what takes seconds in production takes less here.
            entry("group.min.session.timeout.ms", "1000"),
            entry("broker.session.timeout.ms", "3000"),
            entry("broker.heartbeat.interval.ms", "500")));
    return keys;
  }

  private static String listeners(int clients, int gateways, int processors) {
    return "CLIENTS://%s%d,GATEWAYS://%s%d,PROCESSORS://%s%d"
        .formatted(LOOPBACK, clients, LOOPBACK, gateways, LOOPBACK, processors);
  }

  private static String voters(List<Ports> all) {
    return IntStream.range(0, all.size())
        .mapToObj(i -> (i + 1) + "@" + LOOPBACK + all.get(i).controller)
        .collect(Collectors.joining(","));
  }

  private static void write(Path file, Map<String, String> keys) {
    Properties properties = new Properties();
    properties.putAll(keys);
    try (var writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Does not wait for it. */
  void start() {
    process =
        ChildJvm.start(
            folder,
            BrokerProcess.class.getName(),
            List.of(dataDir.toString(), "" + ports.clients, keys.toString()));
  }

  void awaitReady() {
    process().awaitOutput(BrokerProcess.READY);
  }

  void kill() {
    process().kill();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Waits for it to end of itself. */
  void awaitEnd() {
    process().exitStatus();
  }

  String output() {
    return process().output();
  }

  /** Sets its clock, so far before the right time or, if negative, behind it. */
  void setClock(Duration off) {
    process().tell(off.toString());
    process().awaitOutput("clock is off by " + off);
  }

  /** For the test itself. */
  String clients() {
    return LOOPBACK + ports.clients;
  }

  String gateways() {
    return LOOPBACK + ports.viaGateways;
  }

  String processors() {
    return LOOPBACK + ports.viaProcessors;
  }

  NetworkPath toGateways() {
    return toGateways;
  }

  NetworkPath toProcessors() {
    return toProcessors;
  }

  private ChildJvm process() {
    ChildJvm started = process;
    if (started == null) {
      throw new IllegalStateException("the broker was not started");
    }
    return started;
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
    toGateways.close();
    toProcessors.close();
  }
}
