package io.millrace.chaos;

import io.millrace.broker.EmbeddedBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import kafka.tools.StorageTool;

/** A Kafka as a process of its own, whose clock can be set by a line on its stdin. */
final class BrokerProcess {

  /** What it says when it serves clients. */
  static final String READY = "serves clients";

  /** Nodes that are to be one cluster are formatted with one id. */
  private static final String CLUSTER_ID = "y5ZGJ3mFTrmPcTR3GdpA0g";

  private BrokerProcess() {}

  /**
   * @param args folder of its data, port of its clients, file with more broker keys
   */
  public static void main(String[] args) throws IOException {
    Path dataDir = Path.of(args[0]);
    Map<String, String> keys = read(Path.of(args[2]));
    format(dataDir.resolve("log"), keys, Path.of(args[2] + ".format"));
    JumpingTime clock = new JumpingTime();
    EmbeddedBroker broker = EmbeddedBroker.start(dataDir, Integer.parseInt(args[1]), keys, clock);
    System.out.println(broker.bootstrapServers() + " " + READY);
    try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        clock.set(Duration.parse(line));
        System.out.println("clock is off by " + line);
      }
    }
    // Whoever started it is gone.
    Runtime.getRuntime().halt(1);
  }

  private static Map<String, String> read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    Map<String, String> keys = new TreeMap<>();
    properties.forEach((key, value) -> keys.put((String) key, (String) value));
    return keys;
  }

  private static void format(Path logDir, Map<String, String> keys, Path file) throws IOException {
    if (Files.exists(logDir.resolve("meta.properties"))) {
      return;
    }
    Properties properties = new Properties();
    properties.putAll(keys);
    properties.setProperty("log.dirs", logDir.toString());
    try (var writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    String[] command = {"format", "-t", CLUSTER_ID, "-c", file.toString(), "--ignore-formatted"};
    int status = StorageTool.execute(command, System.out);
    if (status != 0) {
      throw new IllegalStateException(logDir + ": cannot be formatted");
    }
  }
}
