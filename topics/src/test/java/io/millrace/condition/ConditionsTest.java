package io.millrace.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Most of what conditions mean is held against the Collector itself, where spans are known. */
class ConditionsTest {

  private static final Map<String, Object> SOURCE = Map.of("a", 5L, "b", "text");

  private static boolean holds(String condition) throws Exception {
    return Conditions.parse(condition, new MapPaths(), ErrorMode.PROPAGATE).hold(SOURCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "a == 5 and b == \"text\"",
        "a == 6 or b == \"text\"",
        "true or false and false",
        "(true or false) and true",
        "not false and true",
        "not (a == 5 and false)",
        "not a == 6",
        "((a)) == 5",
        "(a + 2) * 2 == 14",
        "a + 2 * 2 == 9",
        "a - 2 - 2 == 1",
        "12 / 2 / 3 == 2",
        "-a == -5",
        "a==SEVEN-2",
        "c == nil",
        "nil == nil",
        "c <= nil",
        "a != nil",
        "a == 5.0",
        "a < 5.5",
        "a != \"5\"",
        "false < true",
        "\"b\" > \"a\"",
        "\"é\" > \"z\"",
        "\"\\\"\\\\\\t\\x41\\u00e9\\101\" == \"\\\"\\\\\tAéA\"",
        "0xff > 0x0f00",
        "IsString(b) and not IsInt(b)",
        "IsMatch(b, \"^t.*t$\")",
        "Concat([\"x\", a, c, b], \"-\") == \"x-5-<nil>-text\"",
        "Split(\"a,b\", \",\")[1] == \"b\"",
        ".5 < 1. and 1.5e3 == 1500",
      })
  void shouldHold(String condition) throws Exception {
    assertThat(holds(condition)).isTrue();
    assertThat(holds("not (" + condition + ")")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a < \"6\"",
        "a > nil",
        "nil < 1",
        "b == true",
        "b < nil",
        "\"\" == nil",
        "0x00 == nil",
      })
  void shouldNotHoldBetweenTypes(String condition) throws Exception {
    assertThat(holds(condition)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "'' | the end at character 1 (expected: a value or a condition)",
        "a | a value at character 1 (expected: a condition such as a comparison)",
        "5 | a value at character 1 (expected: a condition such as a comparison)",
        "a == | the end at character 5 (expected: a value or a condition)",
        "a = 5 | = at character 3 (expected: a path, a literal, an operator or a converter)",
        "a == 5 b | b at character 8 (expected: and, or, an operator or the end)",
        "a == 5 and | the end at character 11 (expected: a value or a condition)",
        "(a == 5 | the end at character 8 (expected: \")\")",
        "a == (5 == 5) | a condition at character 6 (expected: a value)",
        "not not true | not at character 5 (expected: a value or a condition)",
        "a and true | a value at character 1 (expected: a condition such as a comparison)",
        "d == 1 | d at character 1 (expected: a path of the map context that is supported)",
        "a.x == 1 | a.x at character 1 (expected: a path of the map context that is supported)",
        "aB == 1 | aB at character 1 (expected: a path in lower case, or a converter)",
        "a[b] == 1 | b at character 3 (expected: a text or a whole number as key)",
        "a[1].b == 1 | b at character 6 (expected: no further path behind a key)",
        "a[1 == 1 | == at character 5 (expected: \"]\")",
        "EIGHT == 1 | EIGHT at character 1 (expected: a constant or a converter(...))",
        "IsString | IsString at character 1 (expected: a constant or a converter(...))",
        "Upper(a) | Upper at character 1 (expected: one of Bool, Concat, Double, "
            + "Duration, HasPrefix, HasSuffix, Hour, Hours, Index, Int, IsBool, IsDouble, "
            + "IsInt, IsList, IsMap, IsMatch, IsRootSpan (of spans), IsString, Len, "
            + "Microseconds, Milliseconds, Minute, Minutes, Nanoseconds, Second, Seconds, "
            + "SpanID, Split, String, Substring, ToLowerCase, ToUpperCase, TraceID, UnixMicro, "
            + "UnixMilli, UnixNano, UnixSeconds, Weekday)",
        "IsString() | IsString with 0 arguments at character 1 (expected: 1)",
        "IsString(a, b) | IsString with 2 arguments at character 1 (expected: 1)",
        "IsString([a]) | a list at character 10 (expected: a single value)",
        "Concat(a, b) == b | a single value at character 8 (expected: a list, [..., ...])",
        "IsMatch(a, b) | the pattern at character 12 (expected: a text literal)",
        "IsMatch(a, \"(\") | (: missing closing ) at character 12 (expected: a regular expression"
            + " of RE2)",
        "Duration(\"1d\") == 1 | \"1d\" at character 10 (expected: a duration such as 1m30s or"
            + " 100ms)",
        "b == TraceID(0x00) | the id at character 14 (expected: 16 bytes, 0x..., or as a text of"
            + " 32 hex digits)",
        "b == 0x0 | 0x0 at character 6 (expected: an even number of hex digits)",
        "a == 9223372036854775808 | 9223372036854775808 at character 6 (expected: a whole number of"
            + " 64 bits)",
        "b == \"x | a text without an end at character 6 (expected: \")",
        "b == \"\\d\" | \\d at character 7 (expected: \\\\, \\\", \\n, \\t or another escape of Go)",
        "a == 5; | ; at character 7 (expected: a path, a literal, an operator or a converter)",
      })
  void shouldRefuse(String condition, String message) {
    assertThatExceptionOfType(InvalidCondition.class)
        .isThrownBy(() -> holds(condition))
        .withMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "b + 1 == 2 | arithmetic on what is no number, time or duration",
        "-b == 2 | arithmetic on what is no number, time or duration",
        "a / 0 == 2 | division by zero",
        "Len(a) == 2 | the value has no length",
        "HasPrefix(a, \"5\") | no text",
        "Substring(b, 2, 3) == \"x\" | no such part of the text",
        "Split(b, \"e\")[2] == \"x\" | index out of bounds",
        "b[\"k\"] == 1 | the value has no keys",
        "Double(b) == 1 | no number can be made of it",
        "Int(a) | Int gave no boolean",
      })
  void shouldFailToEvaluate(String condition, String message) {
    assertThatExceptionOfType(CannotEvaluate.class)
        .isThrownBy(() -> holds(condition))
        .withMessage(message);
  }

  @Test
  void shouldTakeAFailedConditionForNotMetUnlessTheErrorIsPropagated() throws Exception {
    // Given
    List<String> texts = List.of("b + 1 == 2", "a == 5");
    for (ErrorMode mode : ErrorMode.values()) {
      List<Conditions<Map<String, Object>>> parsed = new ArrayList<>();
      for (String text : texts) {
        parsed.add(Conditions.parse(text, new MapPaths(), mode));
      }
      Conditions<Map<String, Object>> any = Conditions.anyOf(parsed, mode);

      // When, Then
      if (mode == ErrorMode.PROPAGATE) {
        assertThatExceptionOfType(CannotEvaluate.class).isThrownBy(() -> any.hold(SOURCE));
      } else {
        assertThat(any.hold(SOURCE)).isTrue();
        assertThat(any.hold(new HashMap<>())).isFalse();
      }
      assertThat(any.errors()).isEqualTo(mode == ErrorMode.IGNORE ? 2 : 0);
    }
  }
}
