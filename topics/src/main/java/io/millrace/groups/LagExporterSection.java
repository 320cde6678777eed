package io.millrace.groups;

import io.millrace.daemon.InvalidConfig;
import java.time.Duration;

/**
 * The lag exporter's own configuration.
 *
 * @param interval between looks; more than 0, default 10 s
 */
public record LagExporterSection(Duration interval) {

  public static final LagExporterSection DEFAULT = new LagExporterSection(Duration.ofSeconds(10));

  public LagExporterSection {
    if (interval.isNegative() || interval.isZero()) {
      throw new InvalidConfig("interval", interval, "more than 0");
    }
  }
}
