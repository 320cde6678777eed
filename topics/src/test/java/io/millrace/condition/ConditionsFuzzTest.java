package io.millrace.condition;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.MalformedOtlp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any text is a condition or is refused with a position within it, and evaluates or says why not.
 */
class ConditionsFuzzTest {

  private static final int RUNS = 30_000;

  private static final List<String> WORDS =
      List.of(
          "a",
          "b",
          "c",
          "nil",
          "true",
          "false",
          "and",
          "or",
          "not",
          "==",
          "!=",
          "<",
          ">=",
          "(",
          ")",
          "[",
          "]",
          ",",
          ".",
          "+",
          "-",
          "*",
          "/",
          "0",
          "1",
          "9223372036854775807",
          "1.5",
          "0xff",
          "\"x\"",
          "\"\"",
          "\"a,b\"",
          "SEVEN",
          "IsString",
          "IsMatch",
          "Len",
          "Int",
          "Double",
          "String",
          "Bool",
          "Concat",
          "Substring",
          "Split",
          "Duration",
          "Index",
          "HasPrefix",
          "ToUpperCase",
          "Hour",
          "Seconds",
          "TraceID",
          "\"",
          "\\",
          "0x1",
          "é",
          " ");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldParseOrRefuseAnyWords(long seed) throws Exception {
    Random random = new Random(seed);
    int parsed = 0;
    for (int run = 0; run < RUNS; run++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        text.append(WORDS.get(random.nextInt(WORDS.size())))
            .append(random.nextInt(9) > 0 ? " " : "");
      }
      parsed += check(text.toString(), random) ? 1 : 0;
    }
    assertThat(parsed).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void shouldParseOrRefuseWhatTheGrammarAllows(long seed) throws Exception {
    Random random = new Random(seed);
    int parsed = 0;
    for (int run = 0; run < RUNS; run++) {
      parsed += check(condition(random, 3), random) ? 1 : 0;
    }
    assertThat(parsed).isGreaterThan(RUNS / 3);
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 7})
  void shouldParseOrRefuseAnyCharacters(long seed) throws Exception {
    Random random = new Random(seed);
    for (int run = 0; run < RUNS; run++) {
      int[] codePoints =
          random.ints(random.nextInt(30), 0, random.nextBoolean() ? 128 : 0x11000).toArray();
      check(new String(codePoints, 0, codePoints.length), random);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "not (", "-(", "Len(", "Concat([", "a + (", "\"", "a[", "1 == "})
  void shouldRefuseWhatIsNestedTooDeeply(String piece) throws Exception {
    check(piece.repeat(100_000), new Random(0));
    check(piece.repeat(100_000) + "a" + ")".repeat(100_000), new Random(0));
  }

  private static boolean check(String text, Random random) throws MalformedOtlp {
    Conditions<Map<String, Object>> conditions;
    try {
      conditions = Conditions.parse(text, new MapPaths(), ErrorMode.PROPAGATE);
    } catch (InvalidCondition e) {
      assertThat(e.position()).as(text).isBetween(0, text.length());
      return false;
    }
    Map<String, Object> source = new HashMap<>();
    for (String name : MapPaths.NAMES) {
      source.put(name, value(random));
    }
    try {
      conditions.hold(source);
    } catch (CannotEvaluate e) {
      assertThat(e).as(text).hasMessageMatching(".+");
    }
    return true;
  }

  private static Object value(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextDouble();
      case 2 -> random.nextBoolean();
      case 3 -> "a,b";
      case 4 -> "12";
      default -> null;
    };
  }

  private static String condition(Random random, int depth) {
    if (depth == 0) {
      return value(random, 1)
          + " "
          + List.of("==", "<", "!=").get(random.nextInt(3))
          + " "
          + value(random, 1);
    }
    return switch (random.nextInt(6)) {
      case 0 -> condition(random, depth - 1) + " and " + condition(random, depth - 1);
      case 1 -> condition(random, depth - 1) + " or " + condition(random, depth - 1);
      case 2 -> "not (" + condition(random, depth - 1) + ")";
      case 3 -> "IsMatch(" + value(random, depth) + ", \"a.b\")";
      case 4 -> "IsString(" + value(random, depth) + ")";
      default -> condition(random, 0);
    };
  }

  private static String value(Random random, int depth) {
    String inner = depth == 0 ? "a" : value(random, depth - 1);
    return switch (random.nextInt(12)) {
      case 0 -> "(" + inner + " + 1)";
      case 1 -> "-" + inner;
      case 2 -> "Int(" + inner + ")";
      case 3 -> "String(" + inner + ")";
      case 4 -> "Concat([" + inner + ", b], \",\")";
      case 5 -> "Split(" + inner + ", \",\")[0]";
      case 6 -> "Substring(" + inner + ", 1, 1)";
      case 7 -> "Len(" + inner + ")";
      case 8 -> "ToUpperCase(" + inner + ")";
      case 9 -> "c";
      default -> inner;
    };
  }
}
