package io.millrace.condition;

/** What becomes of a condition that cannot be evaluated. */
public enum ErrorMode {
  /** It counts as not met, and the error is counted. */
  IGNORE,
  /** It counts as not met. */
  SILENT,
  /** The whole evaluation fails. */
  PROPAGATE
}
