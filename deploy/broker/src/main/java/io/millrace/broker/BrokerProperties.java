package io.millrace.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** Kafka's configuration for one small node that is broker and controller. */
final class BrokerProperties {

  private BrokerProperties() {}

  static Properties of(Path logDir, int port, int controllerPort, Map<String, String> extra) {
    Properties properties = new Properties();
    properties.putAll(identity(logDir, port, controllerPort));
    properties.putAll(ONE_NODE);
    properties.putAll(SMALL);
    properties.putAll(extra);
    return properties;
  }

  private static Map<String, String> identity(Path logDir, int port, int controllerPort) {
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", "1"),
        Map.entry("log.dirs", logDir.toString()),
        Map.entry(
            "listeners",
            "CLIENTS://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort)),
        Map.entry("advertised.listeners", "CLIENTS://127.0.0.1:" + port),
        Map.entry("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        Map.entry("inter.broker.listener.name", "CLIENTS"),
        Map.entry("controller.listener.names", "CONTROLLER"),
        // Named here, not in the log directory: so the controller's port may differ at each start.
        Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort));
  }

  /** With one node nothing can have a second replica, and nobody else can join a group. */
  private static final Map<String, String> ONE_NODE =
      Map.of(
          "auto.create.topics.enable",
          "false",
          "offsets.topic.replication.factor",
          "1",
          "transaction.state.log.replication.factor",
          "1",
          "transaction.state.log.min.isr",
          "1",
          "share.coordinator.state.topic.replication.factor",
          "1",
          "share.coordinator.state.topic.min.isr",
          "1",
          "group.initial.rebalance.delay.ms",
          "0");

  /** Kafka's defaults are made for a machine of its own: threads, buffers, internal partitions. */
  private static final Map<String, String> SMALL =
      Map.ofEntries(
          Map.entry("num.network.threads", "2"),
          Map.entry("num.io.threads", "4"),
          Map.entry("background.threads", "2"),
          Map.entry("num.recovery.threads.per.data.dir", "1"),
          Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
          Map.entry("log.cleaner.io.buffer.size", "65536"),
          Map.entry("offsets.topic.num.partitions", "1"),
          Map.entry("transaction.state.log.num.partitions", "1"),
          Map.entry("share.coordinator.state.topic.num.partitions", "1"),
          Map.entry("group.coordinator.threads", "1"),
          Map.entry("share.coordinator.threads", "1"));
}
