package io.millrace.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InlinedTest {

  @TempDir Path directory;

  record Common(String url, int timeoutBytes) {
    static final Common DEFAULT = new Common("", 5);

    Common {
      if (timeoutBytes < 1) {
        throw new InvalidConfig("timeout-bytes", timeoutBytes, "1 or more");
      }
    }
  }

  record Special(@Inlined Common common, boolean fast) {
    static final Special DEFAULT = new Special(Common.DEFAULT, true);
  }

  record Root(Map<String, Special> destinations) {}

  @Test
  void shouldReadAndShowKeysOfAnInlinedRecordBesideTheOthers() throws Exception {
    Root root = read("destinations: {a: {url: here, fast: false}, b: {timeout-bytes: 7}}");

    assertThat(root.destinations())
        .isEqualTo(
            Map.of(
                "a", new Special(new Common("here", 5), false),
                "b", new Special(new Common("", 7), true)));
    assertThat(EffectiveConfig.yaml(root.destinations().get("a")))
        .isEqualTo("url: here\ntimeout-bytes: 5\nfast: false\n");
  }

  @Test
  void shouldRefuseWithThePathAsItWasWritten() {
    assertThatThrownBy(() -> read("destinations: {a: {timeout-bytes: 0}}"))
        .hasMessage("destinations.a.timeout-bytes: 0 (expected: 1 or more)");
    assertThatThrownBy(() -> read("destinations: {a: {slow: 1}}"))
        .hasMessage("destinations.a.slow: unknown key (expected: one of url, timeout-bytes, fast)");
  }

  private Root read(String yaml) throws Exception {
    Path file = Files.writeString(directory.resolve("c.yaml"), yaml);
    return ConfigReader.read(new Root(Map.of()), Set.of(), file, List.of(), Map.of());
  }
}
