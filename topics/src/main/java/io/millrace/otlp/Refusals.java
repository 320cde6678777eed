package io.millrace.otlp;

import io.millrace.otlp.Split.Reason;
import io.millrace.otlp.Split.Refused;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The items of one request that cannot be stored: counted by reason, the first of each named. */
final class Refusals {

  private final Outline outline;
  private final Map<Reason, Refused> byReason = new EnumMap<>(Reason.class);

  Refusals(Outline outline) {
    this.outline = outline;
  }

  /**
   * @param length of the trace id found
   */
  void invalidTraceId(int item, int length) throws MalformedOtlp {
    if (!counted(Reason.INVALID_TRACE_ID)) {
      String found =
          switch (length) {
            case 0 -> "has no trace id";
            case PartitionKey.TRACE_ID_BYTES -> "has a trace id of zeros";
            default -> "has a trace id of " + length + " bytes";
          };
      put(item, Reason.INVALID_TRACE_ID, found + " (expected: 16 bytes, not all zero)");
    }
  }

  /**
   * @param bytes size of a record that holds the item alone
   */
  void tooLarge(int item, int bytes, int maxRecordBytes) throws MalformedOtlp {
    if (!counted(Reason.TOO_LARGE)) {
      put(
          item,
          Reason.TOO_LARGE,
          "takes %d bytes with what contains it (limit: %d)".formatted(bytes, maxRecordBytes));
    }
  }

  /** The item's record would be one too many of those that repeat a large envelope. */
  void tooMuchInAll(int item) throws MalformedOtlp {
    if (!counted(Reason.TOO_LARGE)) {
      put(
          item,
          Reason.TOO_LARGE,
          "is contained in too much: the records of the request, of %d bytes, would be far larger"
              .formatted(outline.request().length));
    }
  }

  private boolean counted(Reason reason) {
    return byReason.computeIfPresent(
            reason, (key, old) -> new Refused(old.items() + 1, reason, old.message()))
        != null;
  }

  private void put(int item, Reason reason, String found) throws MalformedOtlp {
    byReason.put(reason, new Refused(1, reason, ItemName.of(outline, item) + " " + found));
  }

  boolean isEmpty() {
    return byReason.isEmpty();
  }

  List<Refused> list() {
    return List.copyOf(byReason.values());
  }
}
