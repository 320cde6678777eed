package io.millrace.standalone;

import io.millrace.otlp.Signal;
import java.util.Map;

/** What has gone through the pipeline since it started, for the person who watches it. */
@FunctionalInterface
public interface PipelineStats {

  /** The totals of every signal now; any thread. */
  Map<Signal, Totals> totals();

  /**
   * One signal's items since the start. Received is counted by the gateway, all else by the
   * processor.
   *
   * @param received acknowledged to clients
   * @param delivered accepted by a backend
   * @param sampledOut not kept, by decision
   * @param deadLettered put aside for good
   * @param inFlight read from Kafka and not yet one of these
   * @param lagSeconds age of the oldest record that is not settled; 0 if there is none
   */
  record Totals(
      long received,
      long delivered,
      long sampledOut,
      long deadLettered,
      long inFlight,
      double lagSeconds) {

    public static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0);
  }
}
