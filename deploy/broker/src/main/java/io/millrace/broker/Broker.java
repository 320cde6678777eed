package io.millrace.broker;

import java.nio.file.Path;
import java.util.ServiceLoader;

/**
 * A running Kafka. People run {@link EmbeddedBroker}; tests run on what {@link #forTests} gives.
 */
public interface Broker extends AutoCloseable {

  /** Tag of the tests that hold on any Kafka, whoever brings it. */
  String ANY = "any-broker";

  /** Brings tests another Kafka than that in this JVM, found on the class path. */
  interface ForTests {

    /** A new one that holds nothing, when it serves clients. */
    Broker start();
  }

  /**
   * A new and empty Kafka of one node that makes no topics by itself.
   *
   * @param dataDir of the one in this JVM, if no other is brought
   */
  static Broker forTests(Path dataDir) {
    return ServiceLoader.load(ForTests.class)
        .findFirst()
        .map(ForTests::start)
        .orElseGet(() -> EmbeddedBroker.start(dataDir, 0));
  }

  /** Where clients connect: {@code host:port}. */
  String bootstrapServers();

  @Override
  void close();
}
