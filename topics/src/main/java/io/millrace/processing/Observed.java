package io.millrace.processing;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where the messages around the one that is being looked at lie: what conditions read from. Only
 * what encloses it is set.
 */
final class Observed {

  /** A message a path can start from. */
  static final class Slice {

    private int from;
    private int to;

    int from() {
      return from;
    }

    int to() {
      return to;
    }

    private void set(int newFrom, int newTo) {
      from = newFrom;
      to = newTo;
    }
  }

  private static final byte[] NONE = {};

  private byte[] bytes = NONE;
  private final Map<Shape.Role, Slice> slices = new EnumMap<>(Shape.Role.class);
  private int dataField;

  Observed() {
    for (Shape.Role role : Shape.Role.values()) {
      slices.put(role, new Slice());
    }
  }

  void over(byte[] request) {
    bytes = request;
  }

  /**
   * @param field that the message was found in
   */
  void enter(Shape.Role role, int field, int from, int to) {
    slice(role).set(from, to);
    if (role == Shape.Role.DATA) {
      dataField = field;
    }
  }

  Slice slice(Shape.Role role) {
    return Objects.requireNonNull(slices.get(role));
  }

  byte[] bytes() {
    return bytes;
  }

  /** Field of Metric that holds its data points: 5, 7, 9, 10 or 11. */
  int dataField() {
    return dataField;
  }
}
