package io.millrace.otlp;

import java.util.Locale;

/** The three OTLP signals Millrace carries. */
public enum Signal {
  TRACES,
  METRICS,
  LOGS;

  /** As it stands in configuration, metric labels and OTLP paths: {@code traces}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Path of OTLP/HTTP (OTLP specification, "OTLP/HTTP Request"): {@code /v1/traces}. */
  public String httpPath() {
    return "/v1/" + id();
  }
}
