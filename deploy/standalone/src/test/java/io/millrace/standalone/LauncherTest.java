package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The script that starts everything names what there is. */
class LauncherTest {

  @Test
  void shouldStartClassesThatThereAre() throws Exception {
    List<String> mains = find("main=(io\\.millrace\\.[\\w.]+)(?=$| ;;)");
    assertThat(mains).hasSizeGreaterThan(6);
    for (String main : mains) {
      assertThat(Class.forName(main).getMethod("main", String[].class)).isNotNull();
    }
  }

  @Test
  void shouldTellOfEveryCommandInEightyColumns() throws IOException {
    List<String> told = find("^  ([a-z][a-z-]+) +\\S.*");
    String known = find("expected: one of (.*), help\\)").get(0);
    assertThat(told).containsExactlyInAnyOrder(known.split(", "));
    String script = script();
    String usage = script.substring(script.indexOf("Usage:"), script.indexOf("USAGE\n}"));
    assertThat(usage.lines()).allMatch(line -> line.length() <= 80);
  }

  private static List<String> find(String pattern) throws IOException {
    String text = script();
    if (pattern.startsWith("^  ")) {
      text = text.substring(text.indexOf("Usage:"), text.indexOf("USAGE\n}"));
    }
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private static String script() throws IOException {
    return Files.readString(Path.of("../../millrace"));
  }
}
