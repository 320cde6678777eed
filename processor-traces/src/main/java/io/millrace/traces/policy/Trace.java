package io.millrace.traces.policy;

/** A trace at its decision: id, summary, and the log time. Reused from trace to trace. */
final class Trace {

  private static final long[] NONE = {};

  private long idHi;
  private long idLo;
  private long[] summary = NONE;
  private int at;
  private long logTimeNanos;
  private long threshold;

  void set(long hi, long lo, long[] summary, int at, long logTimeNanos) {
    this.idHi = hi;
    this.idLo = lo;
    this.summary = summary;
    this.at = at;
    this.logTimeNanos = logTimeNanos;
  }

  long idHi() {
    return idHi;
  }

  long idLo() {
    return idLo;
  }

  long[] summary() {
    return summary;
  }

  int at() {
    return at;
  }

  long spans() {
    return PolicySet.spanCount(summary, at);
  }

  /** That a rule has held its randomness against. */
  long threshold() {
    return threshold;
  }

  void threshold(long found) {
    threshold = found;
  }

  long logTimeNanos() {
    return logTimeNanos;
  }
}
