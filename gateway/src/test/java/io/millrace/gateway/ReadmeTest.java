package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What README.md says of the code is so. Its keys are held by {@link GatewayConfigTest}. */
class ReadmeTest {

  /** A class, a method of it, or a further method of the class named last; then its module. */
  private static final Pattern PROOF =
      Pattern.compile("`(?:([A-Z]\\w*)(?:\\.(\\w+))?|([a-z]\\w*))`(?: \\(([a-z-]+)\\))?");

  private static final Pattern REFUSAL =
      Pattern.compile("\\| `(\\w+)` \\| `?(\\w*)`? ?\\| (\\d{3}) \\| (.+) \\|");

  static Stream<Arguments> clauses() throws IOException {
    return section("## OTLP specification, clause by clause")
        .filter(line -> line.startsWith("|") && !line.startsWith("|---"))
        .map(line -> line.split("\\|", -1))
        .filter(cells -> !cells[3].strip().equals("test"))
        .map(cells -> Arguments.of(cells[1].strip(), cells[3].strip()));
  }

  @ParameterizedTest
  @MethodSource("clauses")
  void shouldNameTestsThatExist(String clause, String proofs) throws Exception {
    Matcher proof = PROOF.matcher(proofs);
    String testClass = null;
    while (proof.find()) {
      if (proof.group(4) != null) {
        assertThat(isInModule(proof.group(4), proof.group(1))).as(proof.group()).isTrue();
        testClass = proof.group(1);
        continue;
      }
      testClass = proof.group(1) == null ? testClass : proof.group(1);
      String method = proof.group(2) == null ? proof.group(3) : proof.group(2);
      assertIsTest(testClass, method);
    }
    assertThat(testClass).as("a test of: " + clause).isNotNull();
  }

  @Test
  void shouldHaveATableOfClauses() throws IOException {
    assertThat(clauses()).hasSizeGreaterThan(20);
  }

  @Test
  void shouldGiveTheErrorContractAsItIs() throws IOException {
    List<String> rows =
        section("## Promises")
            .map(REFUSAL::matcher)
            .filter(row -> row.matches())
            .map(
                row -> row.group(1) + " " + row.group(3) + " " + row.group(2) + retry(row.group(4)))
            .toList();
    List<String> refusals =
        Arrays.stream(Refusal.values())
            .map(
                refusal ->
                    "%s %d %s %s"
                        .formatted(
                            refusal.id(),
                            refusal.httpStatus(),
                            // gRPC knows no methods
                            refusal == Refusal.UNSUPPORTED_METHOD ? "" : refusal.code(),
                            again(refusal)))
            .toList();
    assertThat(rows).containsExactlyElementsOf(refusals);
  }

  private static String retry(String cell) {
    return " " + (cell.startsWith("when") ? "later" : cell);
  }

  private static String again(Refusal refusal) {
    if (refusal == Refusal.OVER_TENANT_LIMIT) {
      return "later";
    }
    return refusal.delay().map(delay -> delay.toSeconds() + " s").orElse("never");
  }

  /**
   * @param method null if the whole class is meant
   */
  private static void assertIsTest(String testClass, String method) throws Exception {
    Class<?> found = Class.forName("io.millrace.gateway." + testClass);
    Stream<Method> tests =
        Arrays.stream(found.getDeclaredMethods())
            .filter(
                declared ->
                    declared.isAnnotationPresent(Test.class)
                        || declared.isAnnotationPresent(ParameterizedTest.class));
    if (tests.noneMatch(test -> method == null || test.getName().equals(method))) {
      fail("no test %s in %s", method, testClass);
    }
  }

  private static boolean isInModule(String module, String testClass) throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("..", module, "src", "test", "java"))) {
      return sources.anyMatch(source -> source.endsWith(testClass + ".java"));
    }
  }

  private static Stream<String> section(String heading) throws IOException {
    return Files.readAllLines(Path.of("README.md")).stream()
        .dropWhile(line -> !line.equals(heading))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "));
  }
}
