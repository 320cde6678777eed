package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.gateway.TopicState.Unwritable;
import io.millrace.gateway.TopicState.Writable;
import io.millrace.otlp.Signal;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicWatchTest {

  private static final TopicState OK = new Writable(12, 1000);

  private final FakeProbe probe = new FakeProbe();
  private volatile boolean ready;
  private final TopicWatch watch = new TopicWatch(probe, found -> ready = found);

  @AfterEach
  void close() {
    watch.close();
  }

  @Test
  void shouldNotBeReadyBeforeTheFirstLook() {
    assertThat(watch.unready()).contains("topics: not looked at yet");
    assertThat(watch.state(Signal.TRACES)).isInstanceOf(Unwritable.class);
  }

  @Test
  void shouldBeReadyWhenEveryTopicCanBeWritten() {
    probe.states = Map.of(Signal.TRACES, OK, Signal.METRICS, OK, Signal.LOGS, OK);
    watch.start();
    await().until(() -> ready);
    assertThat(watch.unready()).isEmpty();
    assertThat(watch.state(Signal.LOGS)).isEqualTo(OK);
  }

  @Test
  void shouldSayOnceWhatAilsSeveralTopics() {
    TopicState away = new Unwritable("Kafka is away");
    TopicState missing = new Unwritable("topic otlp-logs: missing");
    probe.states = Map.of(Signal.TRACES, away, Signal.METRICS, away, Signal.LOGS, missing);
    watch.start();
    await().until(() -> watch.state(Signal.LOGS).equals(missing));
    assertThat(watch.unready()).contains("Kafka is away; topic otlp-logs: missing");
    assertThat(ready).isFalse();
  }

  @Test
  void shouldRecoverByItself() {
    watch.start();
    await().until(() -> watch.unready().equals(Optional.of(FakeProbe.FAILURE)));
    probe.states = Map.of(Signal.TRACES, OK, Signal.METRICS, OK, Signal.LOGS, OK);
    await().until(() -> ready);
    assertThat(watch.unready()).isEmpty();
  }

  @Test
  void shouldCloseItsProbe() {
    watch.start();
    watch.close();
    assertThat(probe.closed).isTrue();
  }

  /** Fails until it is given states. */
  private static final class FakeProbe implements TopicWatch.Probe {

    static final String FAILURE =
        "topics: cannot be looked at (java.lang.IllegalStateException: no states)";

    volatile Map<Signal, TopicState> states;
    final AtomicBoolean closed = new AtomicBoolean();

    @Override
    public Map<Signal, TopicState> look() {
      if (states == null) {
        throw new IllegalStateException("no states");
      }
      return states;
    }

    @Override
    public void close() {
      closed.set(true);
    }
  }
}
