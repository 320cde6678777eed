package io.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RunbookTest {

  @Test
  void shouldHaveAHeadingForEachReasonAndNoOther() throws IOException {
    assertThat(Files.readAllLines(Path.of("../docs/runbook.md")))
        .filteredOn(line -> line.startsWith("## "))
        .map(line -> line.substring(3))
        .containsExactlyElementsOf(Arrays.stream(DeadReason.values()).map(DeadReason::id).toList());
  }
}
