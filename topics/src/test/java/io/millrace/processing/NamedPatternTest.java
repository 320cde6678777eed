package io.millrace.processing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.WireWriter;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NamedPatternTest {

  private static final String[] FRAGMENTS = {
    "4111111111111111",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "340000000000009",
    "4111111111111112",
    "1760000000000000000",
    "2221000000000009",
    "12345",
    "41111",
    " ",
    "-",
    "7",
    "Bearer ",
    "bearer",
    "BEARER  ",
    "eyJhbGciOi.J9_-~+/=",
    "x",
    "_",
    "a.b+c@example.com",
    "@",
    "me@host",
    "me@x.co1",
    ".co.uk",
    ".",
    "..",
    "10.0.0.1",
    "256.1.1.1",
    "1.2.3",
    "255.255.255.255",
    "192.168.1.300",
    "01.002.3.4",
    "v",
    ":",
    "::",
    "::1",
    "fe80::1",
    "2001:db8:0:0:0:0:2:1",
    "1::",
    "::ffff:192.0.2.1",
    "12:34:56",
    "aa:bb:cc:dd:ee:ff",
    "std::string",
    "[::1]:80",
    "é",
    "🚀",
    "/",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:1.2.3.4",
    "abcde",
    "f",
    "\n",
    "\"",
    "=",
    "user",
    "0",
    "00"
  };

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          CARD_NUMBER  | paid with 4111 1111 1111 1111.    | paid with #.
          CARD_NUMBER  | 4111-1111-1111-1111 12            | # 12
          CARD_NUMBER  | order 1760000000000000000         | order 1760000000000000000
          CARD_NUMBER  | 4111111111111112                  | 4111111111111112
          CARD_NUMBER  | x4111111111111111y                | x#y
          BEARER_TOKEN | Authorization: Bearer abc.d-e_f== | Authorization: #
          BEARER_TOKEN | forebearer abc                    | forebearer abc
          EMAIL        | from <a.b+c@mail.example.com>, to | from <#>, to
          EMAIL        | me@localhost                      | me@localhost
          IPV4         | 10.1.2.3:8080 -> 8.8.8.8          | #:8080 -> #
          IPV4         | version 1.2.3.4.5, v1.2.3.4       | version 1.2.3.4.5, v1.2.3.4
          IPV4         | 1.2.3.256                         | 1.2.3.256
          IPV6         | [2001:db8::1]:443 and ::1.        | [#]:443 and #.
          IPV6         | at 12:34:56 std::string ::        | at 12:34:56 std::string ::
          IPV6         | mac aa:bb:cc:dd:ee:ff             | mac aa:bb:cc:dd:ee:ff
          IPV6         | from fe80::1: refused             | from #: refused
          IPV6         | ::ffff:10.0.0.1/96                | #/96
          """)
  void shouldFindWhatItsNameSays(NamedPattern pattern, String text, String expected) {
    assertThat(redacted(pattern, text, "#")).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(NamedPattern.class)
  void shouldAgreeWithItsRegularExpression(NamedPattern pattern) {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int parts = random.nextInt(7); parts >= 0; parts--) {
        text.append(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
      }
      assertThat(redacted(pattern, text.toString(), "#"))
          .as("%s", text)
          .isEqualTo(ReferencePatterns.redact(pattern, text.toString(), "#"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'password=\\S+', a password=x y, a # y",
    "'^é+', ééa é, #a é",
    "'\\bk\\b', kk k, kk #"
  })
  void shouldFindOwnPatterns(String pattern, String text, String expected) {
    RedactConfig config = new RedactConfig(List.of(), List.of(pattern), Optional.of("#"));
    assertThat(redacted(config, text)).isEqualTo(expected);
  }

  private static String redacted(NamedPattern pattern, String text, String replacement) {
    return redacted(new RedactConfig(List.of(pattern), List.of(), Optional.of(replacement)), text);
  }

  /** The text stands within a larger array, as on the wire. */
  private static String redacted(RedactConfig config, String text) {
    byte[] bytes = ("4" + text + "4").getBytes(UTF_8);
    WireWriter out = new WireWriter(0);
    boolean changed = new Redaction(config).write(bytes, 1, bytes.length - 1, out);
    return changed ? new String(out.toByteArray(), UTF_8) : text;
  }
}
