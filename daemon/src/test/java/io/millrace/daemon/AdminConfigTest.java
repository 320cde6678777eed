package io.millrace.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AdminConfigTest {

  @Test
  void shouldListenOnTheUsualPortByDefault() {
    assertThat(AdminConfig.DEFAULT).isEqualTo(new AdminConfig("0.0.0.0", 9464));
  }

  @Test
  void shouldTakeTheFirstAndTheLastPort() {
    assertThat(new AdminConfig("localhost", 0).port()).isEqualTo(0);
    assertThat(new AdminConfig("localhost", 65535).port()).isEqualTo(65535);
  }

  @Test
  void shouldRefuseWhatCannotBeListenedOn() {
    assertThatThrownBy(() -> new AdminConfig(" ", 1))
        .isInstanceOf(InvalidConfig.class)
        .hasMessage("host: \" \" (expected: an address to bind)");
    assertThatThrownBy(() -> new AdminConfig("localhost", -1))
        .isInstanceOf(InvalidConfig.class)
        .hasMessage("port: -1 (expected: 0 to 65535)");
    assertThatThrownBy(() -> new AdminConfig("localhost", 65536))
        .isInstanceOf(InvalidConfig.class)
        .hasMessage("port: 65536 (expected: 0 to 65535)");
  }

  @Test
  void shouldBeDocumentedWithItsDefaults() throws Exception {
    assertThat(Files.readString(Path.of("README.md")))
        .contains("| `admin.host` | `" + AdminConfig.DEFAULT.host() + "` |")
        .contains("| `admin.port` | `" + AdminConfig.DEFAULT.port() + "` |");
  }
}
