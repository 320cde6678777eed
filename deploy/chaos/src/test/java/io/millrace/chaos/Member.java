package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.standalone.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gateway or processor: a process that can die and be started again on the same ports. */
final class Member implements AutoCloseable {

  private static final Duration LONG = Duration.ofMinutes(2);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String name;
  private final Path folder;
  private final String main;
  private final List<String> arguments;
  private final int adminPort;
  private @Nullable ChildJvm process;

  /**
   * @param name what it is called where it matters which
   * @param folder where its output goes
   * @param arguments that have it listen on {@code adminPort}
   */
  Member(String name, Path folder, String main, List<String> arguments, int adminPort) {
    this.name = name;
    this.folder = folder;
    this.main = main;
    this.arguments = List.copyOf(arguments);
    this.adminPort = adminPort;
  }

  /** Does not wait for it. */
  void start() {
    process = ChildJvm.start(folder, main, arguments);
  }

  void kill() {
    process().kill();
  }

  void terminate() {
    assertThat(process().terminate()).as("exit status of %s", name).isZero();
  }

  void freeze() {
    process().freeze();
  }

  void thaw() {
    process().thaw();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  String adminUrl() {
    return "http://127.0.0.1:" + adminPort;
  }

  String output() {
    return process().output();
  }

  void awaitReady() {
    awaitReadiness(200);
  }

  /** It says itself that it cannot do its work. */
  void awaitUnready() {
    awaitReadiness(503);
  }

  private void awaitReadiness(int status) {
    await("/ready of %s is %d".formatted(name, status))
        .atMost(LONG)
        .failFast(() -> assertThat(isAlive()).as("%s lives; it said:%n%s", name, output()).isTrue())
        .until(() -> readiness() == status);
  }

  private int readiness() throws InterruptedException {
    try {
      var request =
          HttpRequest.newBuilder(URI.create(adminUrl() + "/ready"))
              .timeout(Duration.ofSeconds(5))
              .build();
      return HTTP.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException notYet) {
      return 0;
    }
  }

  /** The sum over all series of a metric of its own. */
  double metric(String name) {
    try {
      var request = HttpRequest.newBuilder(URI.create(adminUrl() + "/metrics")).build();
      return HTTP.send(request, BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private ChildJvm process() {
    ChildJvm started = process;
    if (started == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return started;
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
