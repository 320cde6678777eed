package io.millrace.delivery;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import java.util.List;

/**
 * A run of the items of a held record that have one outcome together: the whole record, until a
 * backend refuses it. Only numbers; its bytes are cut out when they are needed.
 *
 * @param from number of the first item
 * @param to number behind the last
 */
record Part(Held held, int from, int to) {

  static Part whole(Held held) {
    return new Part(held, 0, held.items);
  }

  int items() {
    return to - from;
  }

  boolean isWhole() {
    return items() == held.items;
  }

  /** An Export*ServiceRequest with these items only, and with what contains them. */
  byte[] value(Signal signal) {
    return cut(signal, held.value);
  }

  /** The same items for the dead-letter topic. */
  byte[] letter(Signal signal) {
    return cut(signal, held.letters);
  }

  private byte[] cut(Signal signal, byte[] request) {
    try {
      return isWhole() ? request : OtlpItems.slice(signal, request, from, to);
    } catch (MalformedOtlp e) {
      throw new IllegalStateException(e); // its items were counted before it was cut
    }
  }

  /** Can its items be told apart? What a stage made of a record must be what it says. */
  boolean isDivisible(Signal signal) {
    try {
      return items() > 1
          && OtlpItems.count(signal, held.value) == held.items
          && OtlpItems.count(signal, held.letters) == held.items;
    } catch (MalformedOtlp e) {
      return false;
    }
  }

  /** Two halves, in order. Only of a part with at least two items. */
  List<Part> halves() {
    int middle = (from + to) >>> 1;
    return List.of(new Part(held, from, middle), new Part(held, middle, to));
  }
}
