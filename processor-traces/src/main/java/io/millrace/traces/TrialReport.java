package io.millrace.traces;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a set of policies would have kept of a stretch of the log, and why. */
final class TrialReport {

  private final String name;
  private final Amount all = new Amount();
  private final Amount kept = new Amount();
  private final Map<String, Amount> keptByPolicy = new LinkedHashMap<>();
  private final Map<String, Amount> allByService = new TreeMap<>();
  private final Map<String, Amount> keptByService = new TreeMap<>();
  private final Lost errors = new Lost();
  private final Lost slow = new Lost();
  private final Lost lateSpans = new Lost();
  private long early;
  private long underWay;

  /** Of so many traces or spans, so many would not have been kept. */
  static final class Lost {
    private long all;
    private long lost;

    void add(boolean isKept) {
      all++;
      lost += isKept ? 0 : 1;
    }

    long all() {
      return all;
    }

    long lost() {
      return lost;
    }
  }

  /**
   * @param name of the file the policies are from
   */
  TrialReport(String name, List<String> policies) {
    this.name = name;
    policies.forEach(policy -> keptByPolicy.put(policy, new Amount()));
  }

  /**
   * @param policy that kept it; not looked at if none did
   */
  void decided(TraceFacts trace, boolean isKept, String policy, boolean isSlow) {
    all.add(1, trace.spans(), trace.bytes());
    if (isKept) {
      kept.add(1, trace.spans(), trace.bytes());
      of(keptByPolicy, policy).add(1, trace.spans(), trace.bytes());
    }
    trace
        .services()
        .forEach(
            (service, amount) -> {
              add(allByService, service, amount);
              if (isKept) {
                add(keptByService, service, amount);
              }
            });
    if (trace.hasError()) {
      errors.add(isKept);
    }
    if (isSlow) {
      slow.add(isKept);
    }
  }

  /** A span that followed the verdict on its trace. */
  void late(boolean isKept, String policy, String service, long bytes) {
    lateSpans.add(isKept);
    all.add(0, 1, bytes);
    of(allByService, service).add(0, 1, bytes);
    if (isKept) {
      kept.add(0, 1, bytes);
      of(keptByPolicy, policy).add(0, 1, bytes);
      of(keptByService, service).add(0, 1, bytes);
    }
  }

  private static Amount of(Map<String, Amount> amounts, String name) {
    return amounts.computeIfAbsent(name, key -> new Amount());
  }

  private static void add(Map<String, Amount> amounts, String name, Amount amount) {
    of(amounts, name).add(amount.traces(), amount.spans(), amount.bytes());
  }

  void early() {
    early++;
  }

  void underWay() {
    underWay++;
  }

  String name() {
    return name;
  }

  Amount all() {
    return all;
  }

  Amount kept() {
    return kept;
  }

  Map<String, Amount> keptByPolicy() {
    return keptByPolicy;
  }

  Map<String, Amount> allByService() {
    return allByService;
  }

  Amount keptOf(String service) {
    return keptByService.getOrDefault(service, new Amount());
  }

  Lost errors() {
    return errors;
  }

  Lost slow() {
    return slow;
  }

  Lost lateSpans() {
    return lateSpans;
  }

  /** Traces decided before their time, for want of memory. */
  long earlyDecisions() {
    return early;
  }

  /** Traces at the end of the log that were decided on what there was of them. */
  long tracesUnderWay() {
    return underWay;
  }
}
