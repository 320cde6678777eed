package io.millrace.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file system of its own that is soon full, in memory. Only root may have one. */
record SmallDisk(Path path) implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SmallDisk.class);

  /** Skips the test, and says why, where it is not allowed. */
  static SmallDisk mount(Path path, int megabytes) throws IOException, InterruptedException {
    Files.createDirectories(path);
    Result result =
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path.toString());
    if (result.status != 0) {
      log.warn("SKIPPED: no small disk for the broker: {}", result.output.strip());
    }
    assumeTrue(result.status == 0, result.output);
    return new SmallDisk(path);
  }

  /** Leaves not a byte; gives the file to delete when there is to be room again. */
  Path fill() throws IOException {
    Path filler = path.resolve("filler");
    byte[] block = new byte[4 << 10];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
    return filler;
  }

  /**
   * @param how {@code ro} or {@code rw}
   */
  void remount(String how) throws IOException, InterruptedException {
    Result result = run("mount", "-o", "remount," + how, path.toString());
    assertThat(result.status).as(result.output).isZero();
  }

  private record Result(int status, String output) {}

  private static Result run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Result result = run("umount", path.toString());
    assertThat(result.status).as(result.output).isZero();
  }
}
