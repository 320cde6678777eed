package io.millrace.delivery;

import java.util.Locale;

/** Why a record is a dead letter. A closed set: header value, metric label and runbook heading. */
public enum DeadReason {
  /** It is not the OTLP it should be; no backend could take it. */
  MALFORMED,
  /** The backend refused its content for good. */
  REFUSED,
  /** The backend refused its size, standing alone. */
  TOO_LARGE,
  /** Our own processing failed on it: a bug. */
  PROCESSING_FAILED;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
