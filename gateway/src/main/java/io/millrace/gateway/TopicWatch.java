package io.millrace.gateway;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.millrace.gateway.TopicState.Unwritable;
import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds, on a thread of its own, whether each topic can be written to, so that no
 * request has to wait to find out. A gateway is ready when all of them can.
 */
final class TopicWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TopicWatch.class);

  private static final Duration PAUSE_WHEN_READY = Duration.ofSeconds(2);
  private static final Duration PAUSE_WHEN_NOT = Duration.ofMillis(250);

  private final Probe probe;
  private final Consumer<Boolean> readiness;
  private Optional<String> told = Optional.empty();
  private final Thread thread = new Thread(this::run, "topic-watch");
  private volatile Map<Signal, TopicState> states =
      all(new Unwritable("topics: not looked at yet"));

  /** Finds out the state of every signal's topic; may block. */
  interface Probe extends AutoCloseable {

    Map<Signal, TopicState> look() throws InterruptedException;

    @Override
    void close();
  }

  /**
   * @param probe called on the watch's thread, closed with the watch
   * @param readiness told after each look, on the watch's thread
   */
  TopicWatch(Probe probe, Consumer<Boolean> readiness) {
    this.probe = probe;
    this.readiness = readiness;
  }

  void start() {
    thread.start();
  }

  /** What is known of a signal's topic. Any thread. */
  TopicState state(Signal signal) {
    return requireNonNull(states.get(signal));
  }

  /** Why not every topic can be written to, in one line; empty if they can. Any thread. */
  Optional<String> unready() {
    String why =
        Arrays.stream(Signal.values())
            .map(this::state)
            .map(state -> state instanceof Unwritable unwritable ? unwritable.why() : null)
            .filter(Objects::nonNull)
            .distinct()
            .collect(joining("; "));
    return why.isEmpty() ? Optional.empty() : Optional.of(why);
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        become(look());
        Thread.sleep((unready().isEmpty() ? PAUSE_WHEN_READY : PAUSE_WHEN_NOT).toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private Map<Signal, TopicState> look() throws InterruptedException {
    try {
      return probe.look();
    } catch (RuntimeException e) {
      String why = "topics: cannot be looked at (" + e + ")";
      if (!unready().equals(Optional.of(why))) {
        log.error("looking at the topics failed", e);
      }
      return all(new Unwritable(why));
    }
  }

  private void become(Map<Signal, TopicState> found) {
    Optional<String> before = unready();
    states = found;
    Optional<String> now = unready();
    // Told when it has lasted for two looks: in the first moments nothing is known yet.
    if (now.equals(before) && !now.equals(told)) {
      now.ifPresentOrElse(why -> log.warn("not ready: {}", why), () -> log.info("ready"));
      told = now;
    }
    readiness.accept(now.isEmpty());
  }

  private static Map<Signal, TopicState> all(TopicState state) {
    Map<Signal, TopicState> result = new EnumMap<>(Signal.class);
    Arrays.stream(Signal.values()).forEach(signal -> result.put(signal, state));
    return result;
  }

  @Override
  public void close() {
    thread.interrupt();
    probe.close();
  }
}
