package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HexFormat;
import java.util.Optional;

/**
 * The W3C tracestate of a span, and in it OpenTelemetry's own member, {@code
 * ot=th:e666;rv:6e6d1a75832a2f}: the threshold and the randomness of its sampling.
 *
 * @param threshold of all samplers before; {@link #NONE} if none has said
 * @param randomness that all samplers are to use; {@link #NONE} for that of the trace id
 * @param otherKeys of OpenTelemetry's member, as they came, {@code p:8;r:62}
 * @param otherMembers as they came, {@code vendor=x,other=y}
 */
public record OtelTraceState(
    long threshold, long randomness, String otherKeys, String otherMembers) {

  public static final long NONE = -1;

  public static final OtelTraceState EMPTY = new OtelTraceState(NONE, NONE, "", "");

  private static final HexFormat HEX = HexFormat.of();
  private static final String MEMBER = "ot=";
  private static final int MAX_VALUE = 256;
  private static final int MAX_MEMBERS = 32;

  /** Reads it leniently: what makes no sense for sampling counts as not there. */
  public static OtelTraceState read(byte[] bytes, int from, int to) {
    if (from == to) {
      return EMPTY;
    }
    long threshold = NONE;
    long randomness = NONE;
    StringBuilder keys = new StringBuilder();
    StringBuilder members = new StringBuilder();
    for (String member : new String(bytes, from, to - from, ISO_8859_1).split(",", -1)) {
      String trimmed = member.strip();
      if (!trimmed.startsWith(MEMBER)) {
        append(members, ',', trimmed);
        continue;
      }
      for (String key : trimmed.substring(MEMBER.length()).split(";", -1)) {
        if (key.startsWith("th:")) {
          threshold = hex(key.substring(3), 1);
        } else if (key.startsWith("rv:")) {
          randomness = hex(key.substring(3), SamplingThreshold.DIGITS);
        } else {
          append(keys, ';', key);
        }
      }
    }
    return new OtelTraceState(threshold, randomness, keys.toString(), members.toString());
  }

  /** A number of 56 bits whose trailing zeros may be missing. */
  private static long hex(String digits, int leastDigits) {
    if (digits.length() < leastDigits || !digits.matches("[0-9a-fA-F]{1,14}")) {
      return NONE;
    }
    return Long.parseLong(digits, 16) << (4 * (SamplingThreshold.DIGITS - digits.length()));
  }

  /**
   * The tracestate with another threshold and randomness, {@link #NONE} for without. Empty if it
   * would be longer than the specification allows.
   */
  public Optional<String> with(long newThreshold, long newRandomness) {
    StringBuilder value = new StringBuilder();
    if (newThreshold != NONE) {
      append(value, ';', "th:" + digits(newThreshold));
    }
    if (newRandomness != NONE) {
      append(value, ';', "rv:" + HEX.toHexDigits(newRandomness, SamplingThreshold.DIGITS));
    }
    append(value, ';', otherKeys);
    if (value.length() > MAX_VALUE) {
      return Optional.empty();
    }
    StringBuilder state = new StringBuilder();
    if (!value.isEmpty()) {
      state.append(MEMBER).append(value);
    }
    append(state, ',', otherMembers);
    boolean fits = state.chars().filter(c -> c == ',').count() < MAX_MEMBERS;
    return fits ? Optional.of(state.toString()) : Optional.empty();
  }

  private static String digits(long threshold) {
    String digits = HEX.toHexDigits(threshold, SamplingThreshold.DIGITS);
    int end = digits.length();
    while (end > 1 && digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, end);
  }

  private static void append(StringBuilder text, char separator, String part) {
    if (!part.isEmpty()) {
      text.append(text.isEmpty() ? "" : separator).append(part);
    }
  }
}
