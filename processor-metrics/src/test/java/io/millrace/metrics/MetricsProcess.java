package io.millrace.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The metrics processor as a process of its own, which does not outlive the test. */
public final class MetricsProcess implements AutoCloseable {

  private final Process process;
  private final Path output;

  private MetricsProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  public static MetricsProcess start(Path folder, Path config) throws IOException {
    Path output = Files.createTempFile(folder, "metrics-", ".out");
    return new MetricsProcess(
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "io.millrace.metrics.Main",
                    "--config",
                    config.toString()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start(),
        output);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** By SIGTERM; returns when it has ended. */
  public void terminate() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /** By SIGKILL. */
  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
