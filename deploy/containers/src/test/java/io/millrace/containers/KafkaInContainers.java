package io.millrace.containers;

import io.millrace.broker.Broker;

/** Gives each test class, or test, that asks for a broker a container of its own. */
public final class KafkaInContainers implements Broker.ForTests {

  @Override
  public Broker start() {
    return KafkaInContainer.start();
  }
}
