package io.millrace.destination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatedFileTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-21T10:00:00.123Z"), ZoneOffset.UTC);

  @TempDir Path dir;

  @Test
  void shouldAppendUntilTheLimitAndRotateOneByteLater() throws IOException {
    RotatedFile file = file(10, 5);
    file.append(bytes("aaaa\n"));
    file.append(bytes("bbbb\n"));
    assertThat(names()).containsExactly("logs.jsonl");

    file.append(bytes("\n"));

    assertThat(names()).containsExactly("logs-20261121T100000.123.jsonl", "logs.jsonl");
    assertThat(dir.resolve("logs-20261121T100000.123.jsonl")).hasContent("aaaa\nbbbb\n");
    assertThat(Files.readString(dir.resolve("logs.jsonl"))).isEqualTo("\n");
  }

  @Test
  void shouldKeepTheNewestFilesOnly() throws IOException {
    for (int second = 1; second <= 5; second++) {
      Clock then = Clock.offset(CLOCK, Duration.ofSeconds(second));
      new RotatedFile(dir, "logs", new RotatedFile.Limits(3, 3), then).append(bytes(second + "\n"));
    }
    assertThat(names())
        .containsExactly(
            "logs-20261121T100004.123.jsonl", "logs-20261121T100005.123.jsonl", "logs.jsonl");
    assertThat(dir.resolve("logs.jsonl")).hasContent("5");
  }

  @Test
  void shouldNotOverwriteAFileSetAsideInTheSameMillisecond() throws IOException {
    RotatedFile file = file(2, 5);
    for (String line : List.of("1\n", "2\n", "3\n")) {
      file.append(bytes(line));
    }
    assertThat(names())
        .containsExactly(
            "logs-20261121T100000.123.jsonl", "logs-20261121T100000.124.jsonl", "logs.jsonl");
  }

  @Test
  void shouldRemoveTheTornLineOfAKilledProcess() throws IOException {
    Files.writeString(dir.resolve("logs.jsonl"), "whole\n{\"torn");
    file(100, 5).append(bytes("next\n"));
    assertThat(Files.readString(dir.resolve("logs.jsonl"))).isEqualTo("whole\nnext\n");
  }

  @Test
  void shouldRemoveATornFirstLine() throws IOException {
    Files.writeString(dir.resolve("logs.jsonl"), "torn");
    file(100, 5).append(bytes("next\n"));
    assertThat(Files.readString(dir.resolve("logs.jsonl"))).isEqualTo("next\n");
  }

  private RotatedFile file(long maxBytes, int maxCount) {
    return new RotatedFile(dir, "logs", new RotatedFile.Limits(maxBytes, maxCount), CLOCK);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
