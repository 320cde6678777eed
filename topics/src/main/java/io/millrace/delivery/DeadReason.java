package io.millrace.delivery;

import java.util.Locale;

/** Why an item is a dead letter. A closed set: header value, metric label and runbook heading. */
public enum DeadReason {
  /** It is not the OTLP it should be; no backend could take it. */
  MALFORMED,
  /** Our own processing failed on it: a bug. */
  PROCESSING_FAILED,
  /** The backend refused its size, standing alone. */
  TOO_LARGE,
  /** Older than the backend takes at all. */
  TOO_OLD,
  /** From further in the future than the backend takes. */
  TOO_NEW,
  /** Behind what the backend has of the same series or stream. */
  OUT_OF_ORDER,
  /** The backend has another sample of that series and time. */
  DUPLICATE,
  /** Its labels or attributes are too many, too long or not allowed. */
  INVALID_LABELS,
  /** A limit of the tenant on series, streams or metadata, which the backend says is final. */
  LIMIT_EXCEEDED,
  /** The backend refused it for good, in words we do not know. */
  REFUSED;

  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
