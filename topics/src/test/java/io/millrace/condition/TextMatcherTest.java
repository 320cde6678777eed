package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.re2j.Pattern;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextMatcherTest {

  private static final List<String> PIECES =
      List.of("^", "$", "a", "b", "ab", "é", "", ".", "a*", "[ab]", "(b|c)", "\\.", "\n", "A");

  /** Literal expressions take another way than the library; both must give the same. */
  @Test
  void shouldFindWhatTheLibraryFinds() {
    Random random = new Random(3);
    int found = 0;
    for (int run = 0; run < 20_000; run++) {
      // Given
      String expression = join(random, 4);
      String text = join(random, 5).replaceAll("[\\\\^$*\\[\\]()|]", "");
      byte[] around = ("a" + text + "b").getBytes(UTF_8);

      // When
      TextMatcher matcher = TextMatcher.of(List.of(expression), 1);
      boolean answer = matcher.find(around, 1, around.length - 1);

      // Then
      assertThat(answer)
          .as("%s in %s", expression, text)
          .isEqualTo(Pattern.compile(expression).matcher(text).find())
          .isEqualTo(matcher.find(around, 1, around.length - 1));
      found += answer ? 1 : 0;
    }
    assertThat(found).isBetween(1_000, 19_000);
  }

  private static String join(Random random, int most) {
    StringBuilder joined = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      boolean repeatsNothing = piece.startsWith("*");
      joined.append(repeatsNothing ? "" : piece);
    }
    return joined.toString();
  }

  @Test
  void shouldAnswerRightWhenTextsShareAPlaceInItsMemory() {
    TextMatcher matcher = TextMatcher.of(List.of("a.*z", "^q+$"), 2);
    for (int round = 0; round < 3; round++) {
      for (String text : List.of("abz", "xyz", "q", "qq", "qr", "", "a long text that ends in z")) {
        byte[] bytes = text.getBytes(UTF_8);
        boolean expected = text.matches("(?s)(.*a.*z.*)|q+");
        assertThat(matcher.find(bytes, 0, bytes.length)).as(text).isEqualTo(expected);
      }
    }
  }

  @Test
  void shouldMatchTextsTooLongToBeRemembered() {
    byte[] bytes = ("x".repeat(2000) + "abz").getBytes(UTF_8);

    assertThat(TextMatcher.of(List.of("a.z$"), 1).find(bytes, 0, bytes.length)).isTrue();
  }

  @Test
  void shouldRefuseWhatIsNoRegularExpressionOfRe2() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TextMatcher.of(List.of("(?=a)"), 1))
        .withMessageStartingWith("(?=a): ");
  }
}
