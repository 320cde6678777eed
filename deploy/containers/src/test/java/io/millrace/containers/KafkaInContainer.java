package io.millrace.containers;

import io.millrace.broker.Broker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A Kafka in a container, on a port of this machine that stays the same when it is started again:
 * Docker would choose another one, and its clients know only that.
 */
public final class KafkaInContainer implements Broker {

  static final String IMAGE = System.getProperty("millrace.kafka.image", "apache/kafka");

  private static final Duration START = Duration.ofMinutes(2);

  /** Beyond what Testcontainers sets for one node: as the broker in the JVM has it. */
  private static final Map<String, String> AS_EMBEDDED =
      Map.of(
          "KAFKA_AUTO_CREATE_TOPICS_ENABLE",
          "false",
          "KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS",
          "1",
          "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR",
          "1",
          "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR",
          "1");

  private final OnOnePort container;

  /** On a port that was free a moment ago. */
  private static final class OnOnePort extends KafkaContainer {

    private OnOnePort(DockerImageName image, int port) {
      super(image);
      addFixedExposedPort(port, 9092);
      withEnv(AS_EMBEDDED);
      withStartupTimeout(START);
    }
  }

  private KafkaInContainer(OnOnePort container) {
    this.container = container;
  }

  public static KafkaInContainer start() {
    OnOnePort container =
        new OnOnePort(
            DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("apache/kafka"), freePort());
    container.start();
    return new KafkaInContainer(container);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String bootstrapServers() {
    return container.getBootstrapServers();
  }

  /** SIGKILL; its data stays in the container. */
  public void kill() {
    container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
  }

  /** Returns at once; it serves clients some seconds later. */
  public void startAgain() {
    container.getDockerClient().startContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void close() {
    container.stop();
  }
}
