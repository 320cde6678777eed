package io.millrace.traces.policy;

import io.millrace.otlp.MalformedOtlp;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** The simplest owner of summaries: all of them in one array, found by a map. */
final class Decider {

  private final PolicySet policies;
  private final SpanCursor cursor = new SpanCursor();
  private final Map<String, Integer> offsets = new HashMap<>();
  private long[] summaries = new long[0];

  Decider(TailSamplingConfig config) {
    policies = PolicySet.compile(config);
  }

  PolicySet policies() {
    return policies;
  }

  void observe(byte[] record) throws MalformedOtlp {
    cursor.over(record);
    while (cursor.next()) {
      String id =
          HexFormat.of().toHexDigits(cursor.traceIdHi())
              + HexFormat.of().toHexDigits(cursor.traceIdLo());
      int at = offsets.computeIfAbsent(id, key -> offsets.size() * policies.summaryLongs());
      if (at + policies.summaryLongs() > summaries.length) {
        summaries = Arrays.copyOf(summaries, 2 * at + policies.summaryLongs());
      }
      policies.observe(cursor, summaries, at);
    }
  }

  /** By trace id in hex, in order. */
  Map<String, Decision> decideAll(long logTimeNanos) {
    Map<String, Decision> decisions = new TreeMap<>();
    for (String id : new TreeMap<>(offsets).keySet()) {
      decisions.put(id, decide(id, logTimeNanos));
    }
    return decisions;
  }

  Decision decide(String traceId, long logTimeNanos) {
    return policies.decide(
        Long.parseUnsignedLong(traceId.substring(0, 16), 16),
        Long.parseUnsignedLong(traceId.substring(16), 16),
        summaries,
        offsets.get(traceId),
        logTimeNanos);
  }
}
