package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import java.util.List;

/** Steps into maps and lists by constant keys. */
public final class Keyed {

  private static final String NO_KEY = "no such key in the map";
  private static final String OUT_OF_BOUNDS = "index out of bounds";
  private static final String NOT_KEYED = "the value has no keys";

  private Keyed() {}

  /** The result of a converter, followed by keys: a missing one is an error. */
  static <S> Expression<S> of(Expression<S> expression, List<Path.Key> keys) {
    return keys.isEmpty() ? expression : follow(expression, keys, false);
  }

  /** An attribute, followed by further keys: one that a map does not have gives nil. */
  public static <S> Expression<S> ofAttribute(Expression<S> attribute, List<Path.Key> keys) {
    return keys.isEmpty() ? attribute : follow(attribute, keys, true);
  }

  private static <S> Expression<S> follow(
      Expression<S> expression, List<Path.Key> keys, boolean nilIfMissing) {
    byte[][] names = new byte[keys.size()][];
    long[] indexes = new long[keys.size()];
    for (int i = 0; i < names.length; i++) {
      Path.Key key = keys.get(i);
      names[i] = key instanceof Path.Key.Name name ? name.text().getBytes(UTF_8) : new byte[0];
      indexes[i] = key instanceof Path.Key.Index index ? index.number() : -1;
    }
    return (source, into) -> {
      expression.read(source, into);
      for (int i = 0; i < names.length; i++) {
        if (nilIfMissing && into.is(Value.Kind.NIL)) {
          return;
        }
        step(into, names[i], indexes[i], nilIfMissing);
      }
    };
  }

  private static void step(Value into, byte[] name, long index, boolean nilIfMissing)
      throws CannotEvaluate, MalformedOtlp {
    boolean byIndex = index >= 0;
    if (into.is(Value.Kind.MAP) && !byIndex) {
      if (!AnyValues.get(into, name)) {
        if (!nilIfMissing) {
          throw new CannotEvaluate(NO_KEY);
        }
        into.setNil();
      }
    } else if (into.is(Value.Kind.LIST) && byIndex) {
      if (!AnyValues.get(into, index)) {
        throw new CannotEvaluate(OUT_OF_BOUNDS);
      }
    } else {
      throw new CannotEvaluate(NOT_KEYED);
    }
  }
}
