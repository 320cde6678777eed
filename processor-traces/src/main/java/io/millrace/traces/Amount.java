package io.millrace.traces;

/** Traces, and the spans and bytes they have. */
final class Amount {

  private long traces;
  private long spans;
  private long bytes;

  void add(long moreTraces, long moreSpans, long moreBytes) {
    traces += moreTraces;
    spans += moreSpans;
    bytes += moreBytes;
  }

  long traces() {
    return traces;
  }

  long spans() {
    return spans;
  }

  /** Of the spans as they are encoded, without resource and scope. */
  long bytes() {
    return bytes;
  }
}
