package io.millrace.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

  @Test
  void shouldSayHowFarItIsAndHowLongItTakes() {
    assertThat(ProgressBar.line(25, 100, "12,345 spans", 2_000_000_000L))
        .isEqualTo("[#######                       ] 25 %, 12,345 spans, 6 s left");
    assertThat(ProgressBar.line(1, 100, "9 spans", 10_000_000_000L))
        .endsWith("9 spans, 17 min left");
    assertThat(ProgressBar.line(0, 0, "0 spans", 0))
        .isEqualTo("[##############################] 100 %, 0 spans");
    assertThat(ProgressBar.line(0, 9, "0 spans", 0))
        .isEqualTo("[                              ] 0 %, 0 spans");
  }

  @Test
  void shouldDrawOnATerminalOnlyAndLeaveNothing() {
    for (boolean terminal : new boolean[] {false, true}) {
      Properties properties = new Properties();
      properties.setProperty("millrace.terminal", String.valueOf(terminal));
      List<String> drawn = new ArrayList<>();
      try (ProgressBar bar = ProgressBar.onTerminal(properties, drawn::add)) {
        bar.at(1, 2, "3 spans");
      }
      assertThat(drawn).hasSize(terminal ? 2 : 1);
      assertThat(drawn.get(drawn.size() - 1)).isEqualTo(terminal ? "\r\u001b[K" : "");
    }
  }
}
