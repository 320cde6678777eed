package io.millrace.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Time;

/**
 * A running single-node Kafka that listens on the loopback address only. Its data outlives it: a
 * broker started later on the same directory goes on where this one stopped.
 */
public final class EmbeddedBroker implements Broker {

  /**
   * Starts and stops Kafka, for which an interrupt is a fatal fault that ends the process: so it is
   * never the thread of a caller, who may be told to hurry by Ctrl-C.
   */
  private static final Executor OWN_THREAD = task -> new Thread(task, "kafka").start();

  private final int port;
  private final KafkaRaftServer server;
  private final DataDir dataDir;
  private boolean closed;

  private EmbeddedBroker(int port, KafkaRaftServer server, DataDir dataDir) {
    this.port = port;
    this.server = server;
    this.dataDir = dataDir;
  }

  /** As {@link #start(Path, int, Map)} with nothing extra. */
  public static EmbeddedBroker start(Path dataDir, int port) {
    return start(dataDir, port, Map.of());
  }

  /** As {@link #start(Path, int, Map, Time)} by the clock of this machine. */
  public static EmbeddedBroker start(Path dataDir, int port, Map<String, String> extra) {
    return start(dataDir, port, extra, Time.SYSTEM);
  }

  /**
   * Starts a broker and returns when it serves clients.
   *
   * @param dataDir created and formatted on first use, gone on with later
   * @param port TCP port on 127.0.0.1; 0 for any free one
   * @param extra Kafka broker keys that stand over the ones set here; the listener of clients is
   *     called CLIENTS, so that {@code listener.security.protocol.map} can give it TLS and SASL
   * @param clock what the broker takes the time to be
   * @throws BrokerCannotStart if the port or the directory cannot be used; nothing is left running
   */
  public static EmbeddedBroker start(
      Path dataDir, int port, Map<String, String> extra, Time clock) {
    return join(CompletableFuture.supplyAsync(() -> open(dataDir, port, extra, clock), OWN_THREAD));
  }

  /** Waits whatever happens; the caller's interrupt flag stays as it is. */
  private static <T> T join(CompletableFuture<T> part) {
    try {
      return part.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static EmbeddedBroker open(
      Path dataDir, int port, Map<String, String> extra, Time clock) {
    DataDir locked = DataDir.open(dataDir.toAbsolutePath());
    try {
      return start(locked, port, extra, clock);
    } catch (RuntimeException e) {
      locked.close();
      throw e;
    }
  }

  private static EmbeddedBroker start(
      DataDir dataDir, int wanted, Map<String, String> extra, Time clock) {
    int[] ports = freePorts(wanted);
    Properties properties = BrokerProperties.of(dataDir.logDir(), ports[0], ports[1], extra);
    KafkaConfig config = checked(properties);
    dataDir.formatOnFirstUse(properties);
    KafkaRaftServer server = new KafkaRaftServer(config, clock);
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw new BrokerCannotStart("Kafka does not start: " + e.getMessage(), e);
    }
    return new EmbeddedBroker(ports[0], server, dataDir);
  }

  private static KafkaConfig checked(Properties properties) {
    try {
      return new KafkaConfig(properties, false);
    } catch (KafkaException | IllegalArgumentException e) {
      throw new BrokerCannotStart("Kafka refuses its configuration: " + e.getMessage(), e);
    }
  }

  /**
   * The broker's port and one for its controller. Both are held at once, so they differ; Kafka
   * binds them a moment later, and a clash in between is reported as its own failure to start.
   */
  private static int[] freePorts(int wanted) {
    try (ServerSocket broker = new ServerSocket();
        ServerSocket controller = new ServerSocket()) {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      broker.bind(new InetSocketAddress(loopback, wanted));
      controller.bind(new InetSocketAddress(loopback, 0));
      return new int[] {broker.getLocalPort(), controller.getLocalPort()};
    } catch (IOException e) {
      throw new BrokerCannotStart(
          "127.0.0.1:%d: cannot listen (%s)".formatted(wanted, e.getMessage()), e);
    }
  }

  /** Where clients connect: {@code 127.0.0.1:port}. */
  @Override
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Stops cleanly: the log is flushed and marked so that the next start need not check it. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    join(CompletableFuture.runAsync(this::stop, OWN_THREAD));
  }

  private void stop() {
    server.shutdown();
    server.awaitShutdown();
    dataDir.close();
  }
}
