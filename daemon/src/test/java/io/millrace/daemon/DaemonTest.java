package io.millrace.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Arguments, one-line failures and exit statuses, in this JVM. Signals: {@link DaemonStopTest}. */
class DaemonTest {

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldSayThatConfigurationIsValid() throws Exception {
    // Given one file for all roles
    Path file = directory.resolve("all.yaml");
    Files.writeString(file, "kafka: {x: 1}\ntopics: {}\ngateway: {y: 2}\nlimits: {strict: false}");

    // When
    int status = execute("validate", "--config", file.toString(), "--set", "name=a,b");

    // Then
    assertThat(status).isEqualTo(0);
    assertThat(out).hasToString("sample: configuration is valid%n".formatted());
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void shouldRefuseInvalidConfigurationInOneLine() {
    for (String action : new String[] {"validate", "run"}) {
      assertFails(
          2, "limits.max-bytes: 0 (expected: at least 1)", action, "--set", "limits.max-bytes=0");
    }
  }

  @Test
  void shouldRefuseWrongArgumentsInOneLine() {
    assertFails(2, "Unknown option: '--conf' (try sample --help)", "--conf");
    assertFails(
        2,
        "Invalid value for positional parameter at index 0 (<action>): expected one of [run,"
            + " validate] (case-sensitive) but was 'rnu' (try sample --help)",
        "rnu");
    assertFails(2, "Unmatched argument at index 1: 'more' (try sample --help)", "validate", "more");
    assertFails(
        2,
        "Missing required parameter for option '--config' (FILE) (try sample --help)",
        "--config");
  }

  @Test
  void shouldHelpAndTellItsVersion() {
    assertThat(execute("--help")).isEqualTo(0);
    assertThat(out.toString())
        .contains("Usage: sample", "--config=FILE", "--set=KEY=VALUE", "run, validate");
    assertThat(execute("--version")).isEqualTo(0);
    assertThat(out.toString()).contains("millrace " + Version.current().version());
  }

  @Test
  void shouldFailInOneLineWhenAdminPortIsTaken() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertFails(
          1,
          "admin.port: %d (expected: a free port; another process listens there)"
              .formatted(other.getLocalPort()),
          "--set",
          "admin.host=127.0.0.1",
          "--set",
          "admin.port=" + other.getLocalPort());
    }
  }

  @Test
  void shouldFailInOneLineWhenRoleCannotStart() {
    // Given
    Starter<SampleConfig> starter =
        (config, metrics) -> {
          throw new CannotStart("directory", config.directory(), "a writable directory", null);
        };

    // When
    int status = execute(starter, "--set", "admin.port=0");

    // Then
    assertThat(status).isEqualTo(1);
    assertThat(err).hasToString("directory: data (expected: a writable directory)%n".formatted());
  }

  @Test
  void shouldFailWhenRoleBreaksUnexpectedly() {
    Starter<SampleConfig> starter =
        (config, metrics) -> {
          throw new IllegalStateException("a bug, whose stack trace belongs into the log");
        };
    assertThat(execute(starter, "--set", "admin.port=0")).isEqualTo(1);
  }

  private void assertFails(int status, String line, String... args) {
    err.getBuffer().setLength(0);
    assertThat(execute(args)).isEqualTo(status);
    assertThat(err).hasToString(line + System.lineSeparator());
    assertThat(out.toString()).isEmpty();
  }

  private int execute(String... args) {
    return execute(
        (config, metrics) -> {
          throw new AssertionError("must not start");
        },
        args);
  }

  private int execute(Starter<SampleConfig> starter, String... args) {
    CommandLine commandLine =
        Daemon.commandLine(
            new RoleCommand<>(
                "sample",
                SampleConfig.DEFAULT,
                SampleConfig::admin,
                (config, metrics, reread) -> starter.start(config, metrics)));
    return commandLine
        .setCommandName("sample")
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }
}
