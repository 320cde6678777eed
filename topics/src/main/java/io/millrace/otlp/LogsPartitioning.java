package io.millrace.otlp;

/** What decides the partition of a log record. */
public enum LogsPartitioning {
  /** The attributes of its resource: a stream keeps its order. */
  RESOURCE,
  /** Its trace id, as for spans. Records of one request that have none stay together, anywhere. */
  TRACE_ID,
  /** Nothing: a request stays whole and lands anywhere. */
  SPREAD
}
