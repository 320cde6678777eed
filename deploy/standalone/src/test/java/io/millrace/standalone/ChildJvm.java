package io.millrace.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A Millrace process of its own, on the test's class path. It does not outlive the test: closing
 * kills it.
 */
public final class ChildJvm implements AutoCloseable {

  private static final Duration LONG = Duration.ofSeconds(60);

  /** How logback.xml begins a line. */
  private static final Pattern LOG_LINE =
      Pattern.compile("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} [A-Z]+ .*");

  private static final Pattern STACK_TRACE = Pattern.compile("^\\s+at .*");

  private final Process process;
  private final Path out;
  private final Path err;

  private ChildJvm(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * @param folder where its output goes
   * @param main name of its main class
   */
  public static ChildJvm start(Path folder, String main, List<String> arguments) {
    try {
      Path out = Files.createTempFile(folder, "child-", ".out");
      Path err = Files.createTempFile(folder, "child-", ".err");
      ProcessBuilder builder = new ProcessBuilder(command(main, arguments));
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      builder.environment().remove("MILLRACE_LOG_LEVEL");
      Process process =
          builder
              .directory(folder.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      // Also when the build is stopped, and nothing is closed any more.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new ChildJvm(process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    // Most of these live for seconds.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.addAll(arguments);
    return command;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until it ends of itself. */
  public int exitStatus() {
    try {
      assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS))
          .as("ends of itself; it has said:%n%s", output())
          .isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** SIGTERM; gives the exit status. */
  public int terminate() {
    process.destroy();
    return exitStatus();
  }

  /** SIGKILL; returns when it is dead. */
  public void kill() {
    process.destroyForcibly();
    exitStatus();
  }

  /** SIGSTOP: it stands still and does not know it. */
  public void freeze() {
    signal("STOP");
  }

  /** SIGCONT: it goes on as if no time had passed. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
      assertThat(kill.waitFor()).as("kill -%s", name).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** A line for it to read on its stdin. */
  public void tell(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first match of the pattern in a line of its log, waited for. */
  public MatchResult awaitLog(String pattern) {
    return awaitLine(err, pattern);
  }

  /** Likewise of what it says on stdout. */
  public MatchResult awaitOutput(String pattern) {
    return awaitLine(out, pattern);
  }

  private MatchResult awaitLine(Path file, String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    return await("%s in what is said by %s".formatted(pattern, process.info().commandLine()))
        .atMost(LONG)
        .failFast("the process has ended", () -> !process.isAlive())
        .until(
            () -> lines(file).stream().flatMap(line -> wanted.matcher(line).results()).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  public List<String> stdout() {
    return lines(out);
  }

  /** What it has said on stderr to the person who started it: all but the log. */
  public List<String> complaints() {
    return lines(err).stream().filter(line -> !LOG_LINE.matcher(line).matches()).toList();
  }

  public void assertNoStackTrace() {
    assertThat(output().lines()).noneMatch(line -> STACK_TRACE.matcher(line).matches());
  }

  public String output() {
    return String.join("\n", lines(out)) + "\n" + String.join("\n", lines(err));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
