package io.millrace.metrics;

import io.millrace.daemon.InvalidConfig;
import java.util.Map;

/**
 * The labels by which a backend takes the series of only one of several replicas that send the
 * same.
 *
 * @param cluster what the replicas have in common; empty for none, the default
 * @param replica what tells this one from the others, such as {@code ${env:HOSTNAME}}
 * @param clusterLabel default {@code cluster}, as Mimir expects it
 * @param replicaLabel default {@code __replica__}, as Mimir expects it; Thanos takes any that its
 *     queries are told of
 */
public record HighAvailability(
    String cluster, String replica, String clusterLabel, String replicaLabel) {

  public static final HighAvailability DEFAULT =
      new HighAvailability("", "", "cluster", "__replica__");

  public HighAvailability {
    if (clusterLabel.isBlank()) {
      throw new InvalidConfig("cluster-label", "\"\"", "a label name");
    }
    if (replicaLabel.isBlank()) {
      throw new InvalidConfig("replica-label", "\"\"", "a label name");
    }
  }

  /** What is not set is no label. */
  Map<String, String> labels() {
    if (cluster.isEmpty()) {
      return replica.isEmpty() ? Map.of() : Map.of(replicaLabel, replica);
    }
    return replica.isEmpty()
        ? Map.of(clusterLabel, cluster)
        : Map.of(clusterLabel, cluster, replicaLabel, replica);
  }
}
