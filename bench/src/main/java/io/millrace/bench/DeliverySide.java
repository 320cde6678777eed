package io.millrace.bench;

import io.millrace.bench.CountingBackend.Arrived;
import io.millrace.bench.RecordStream.Filled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A process under measurement that reads a topic of its own and delivers to a backend of its own.
 */
final class DeliverySide implements AutoCloseable {

  /** So long nothing arrives before what is missing counts as lost. */
  private static final long QUIET_NANOS = 20_000_000_000L;

  private static final long DONE_SECONDS = 600;

  private final String topic;
  private final BrokerProcess broker;
  private final CountingBackend backend;
  private final Child process;

  private DeliverySide(String topic, BrokerProcess broker, CountingBackend backend, Child process) {
    this.topic = topic;
    this.broker = broker;
    this.backend = backend;
    this.process = process;
  }

  /**
   * What is started: a configuration, in which BROKER, TOPIC and BACKEND, a port, are put in.
   *
   * @param role of ours, such as {@code logs}; empty for a Collector, {@code bare} for a {@link
   *     BareDelivery}
   * @param heap of ours
   */
  record Setup(String role, String heap, String config) {

    private static final String BARE = "bare";

    static Setup collector(String config) {
      return new Setup("", "", config);
    }

    static Setup bare(BareDelivery.Mode mode, int itemsOfRecord, String heap) {
      return new Setup(BARE, heap, "BROKER TOPIC BACKEND " + mode + " " + itemsOfRecord);
    }

    boolean isCollector() {
      return role.isEmpty();
    }
  }

  /** Where processes are started, and what with. */
  record Lab(Path folder, BrokerProcess broker, OurProcess our, Path collector) {}

  /**
   * @param name of the topic and the process
   */
  static DeliverySide start(String name, Setup setup, Lab lab) {
    lab.broker.createTopic(name);
    CountingBackend backend = new CountingBackend();
    Path config =
        write(
            lab.folder.resolve(name + ".yaml"),
            setup
                .config
                .replace("BROKER", lab.broker.bootstrapServers())
                .replace("TOPIC", name)
                .replace("BACKEND", "127.0.0.1:" + backend.port()));
    return new DeliverySide(name, lab.broker, backend, process(name, setup, config, lab));
  }

  private static Child process(String name, Setup setup, Path config, Lab lab) {
    if (setup.isCollector()) {
      return Child.start(
          name,
          lab.folder,
          Map.of(),
          List.of(lab.collector.toString(), "--config", config.toString()));
    }
    if (setup.role.equals(Setup.BARE)) {
      return bare(name, setup, config, lab);
    }
    List<String> command = lab.our.command(setup.role);
    command.add("--config");
    command.add(config.toString());
    return lab.our.start(name, lab.folder, command, "-Xmx" + setup.heap);
  }

  /** Started as the launcher starts ours. */
  private static Child bare(String name, Setup setup, Path config, Lab lab) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Child.java(), "-XX:+UseSerialGC", "-Xmx" + setup.heap, "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(BareDelivery.class.getName());
    command.addAll(List.of(read(config).split(" ")));
    return Child.start(name, lab.folder, Map.of("MALLOC_ARENA_MAX", "4"), command);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What one run cost.
   *
   * @param bytesPerItem of the requests, as they came over the wire
   * @param lost what did not arrive
   * @param repeated what arrived twice: delivery is at least once
   */
  record Run(
      double microsPerItem,
      double peakMebibytes,
      double bytesPerItem,
      double itemsPerRequest,
      long lost,
      long repeated) {

    @Override
    public String toString() {
      return "%.2f us/item, peak %.0f MiB, %.1f B/item, %.0f items/request, lost %d, repeated %d"
          .formatted(microsPerItem, peakMebibytes, bytesPerItem, itemsPerRequest, lost, repeated);
    }
  }

  /** Fills the topic and waits until all of it has arrived. */
  Run run(RecordStream stream, long items) {
    ProcessUsage usage = process.usage();
    usage.resetPeak();
    Arrived before = backend.arrived();
    double cpuBefore = usage.cpuSeconds();
    Filled filled = stream.fill(broker, topic, items);
    Arrival arrival = new Arrival(before.items() + filled.arriving());
    process.await("has delivered " + filled, DONE_SECONDS, arrival::isOver);
    Arrived arrived = backend.arrived().since(before);
    double cpu = arrival.cpu - cpuBefore;
    long missing = filled.arriving() - arrived.items();
    return new Run(
        cpu / filled.items() * 1e6,
        usage.peakBytes() / 1048576.0,
        (double) arrived.bytes() / filled.items(),
        (double) filled.items() / arrived.requests(),
        Math.max(0, missing),
        Math.max(0, -missing));
  }

  /** Waits for the last item, or until none has come for long; knows the CPU seconds by then. */
  private final class Arrival {

    private final long expected;
    private long seen = -1;
    private long seenAt;
    private double cpu;

    Arrival(long expected) {
      this.expected = expected;
    }

    boolean isOver() {
      long now = backend.arrived().items();
      if (now != seen) {
        seen = now;
        seenAt = System.nanoTime();
        cpu = process.usage().cpuSeconds();
      }
      return now >= expected || System.nanoTime() - seenAt > QUIET_NANOS;
    }
  }

  @Override
  public void close() {
    process.close();
    backend.close();
    broker.deleteTopic(topic);
  }
}
