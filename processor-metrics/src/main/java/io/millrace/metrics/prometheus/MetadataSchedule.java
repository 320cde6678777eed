package io.millrace.metrics.prometheus;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When metadata goes with a request of remote write 1.0: the first time a family is met, and then
 * once a minute, as Prometheus sends it.
 */
final class MetadataSchedule {

  private static final long INTERVAL_MILLIS = Duration.ofMinutes(1).toMillis();

  private final Clock clock;
  private final List<Family> due = new ArrayList<>();

  MetadataSchedule(Clock clock) {
    this.clock = clock;
  }

  /** Those of a batch of a tenant whose metadata should go with it. Valid until the next call. */
  List<Family> due(String tenant, List<Family> families) {
    long now = clock.millis();
    due.clear();
    for (Family family : families) {
      if (family.isMetadataDue(tenant, now, INTERVAL_MILLIS)) {
        due.add(family);
      }
    }
    return due;
  }
}
