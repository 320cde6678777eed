package io.millrace.condition;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Trace and span ids written into a condition. */
final class Ids {

  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;

  private Ids() {}

  static <S> Expression<S> literal(Call<S> call, Value.Kind kind) throws InvalidCondition {
    call.only();
    Argument<S> argument = call.arguments().get(0);
    int length = kind == Value.Kind.TRACE_ID ? TRACE_ID_BYTES : SPAN_ID_BYTES;
    byte[] id = raw(argument.literal(Value.Kind.BYTES));
    if (id.length == 0) {
      id = raw(argument.literal(Value.Kind.STRING));
    }
    if (id.length == 2 * length) {
      id = decoded(id);
    }
    if (id.length != length) {
      throw call.invalid(
          0,
          "the id",
          "%d bytes, 0x..., or as a text of %d hex digits".formatted(length, 2 * length));
    }
    Value value = new Value();
    value.slice(kind, id, 0, length);
    return new Literal<>(value);
  }

  private static byte[] raw(@Nullable Value value) {
    return value == null
        ? new byte[0]
        : Arrays.copyOfRange(value.bytes(), value.from(), value.to());
  }

  private static byte[] decoded(byte[] hex) {
    try {
      return HexFormat.of().parseHex(new String(hex, US_ASCII));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
