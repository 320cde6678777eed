package io.millrace.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** SIGTERM, sent to a JVM of its own. */
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM to send")
class DaemonStopTest {

  private static final Pattern STARTED = Pattern.compile("stoppable .* started, admin port (\\d+)");

  private Process process;
  private BufferedReader out;
  private BufferedReader err;

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  void shouldCloseRoleAndExitWithZeroOnSigterm() throws Exception {
    // Given
    launch("plain");
    awaitPort();

    // When
    terminate();

    // Then
    assertThat(exitStatus()).isEqualTo(0);
    assertThat(out.lines()).containsExactly("closing", "closed");
    assertThat(err.lines().toList())
        .hasSize(2)
        .satisfiesExactly(
            line -> assertThat(line).endsWith("stoppable stopping"),
            line -> assertThat(line).endsWith("stoppable stopped"));
  }

  @Test
  void shouldAnswerUnreadyWhileRoleDrains() throws Exception {
    // Given
    launch("drain");
    int port = awaitPort();
    assertThat(ready(port).statusCode()).isEqualTo(200);

    // When
    terminate();
    awaitLine("closing");
    HttpResponse<String> whileDraining = ready(port);
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();

    // Then
    assertThat(whileDraining.statusCode()).isEqualTo(503);
    assertThat(whileDraining.body()).isEqualTo("stopping\n");
    assertThat(exitStatus()).isEqualTo(0);
  }

  @Test
  void shouldStopWhileRoleStillStarts() throws Exception {
    // Given
    launch("hang");
    awaitLine("hanging");

    // When
    terminate();

    // Then
    assertThat(exitStatus()).isEqualTo(0);
    assertThat(err.lines()).singleElement().asString().endsWith("stopped before it had started");
  }

  @Test
  void shouldExitWithOneWhenRoleCannotClose() throws Exception {
    // Given
    launch("break");
    awaitPort();

    // When
    terminate();

    // Then
    assertThat(exitStatus()).isEqualTo(1);
    assertThat(err.lines()).anyMatch(line -> line.contains("could not flush"));
  }

  private void launch(String behaviour) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx64m",
                "-Dbehaviour=" + behaviour,
                StoppableRole.class.getName(),
                "--set=admin.host=127.0.0.1",
                "--set=admin.port=0")
            .start();
    out = process.inputReader();
    err = process.errorReader();
  }

  /** SIGTERM. {@code Process.destroy} would send it too, but close the streams we read. */
  private void terminate() {
    assertThat(process.toHandle().destroy()).isTrue();
  }

  private int awaitPort() throws IOException {
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        return Integer.parseInt(started.group(1));
      }
    }
    throw new AssertionError("ended before it started");
  }

  private void awaitLine(String expected) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals(expected)) {
        return;
      }
    }
    throw new AssertionError("ended before it said " + expected);
  }

  private int exitStatus() throws InterruptedException {
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private static HttpResponse<String> ready(int port) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + "/ready");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
