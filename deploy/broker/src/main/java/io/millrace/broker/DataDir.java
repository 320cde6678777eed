package io.millrace.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds a broker's log, locked while this object is open: two brokers in one
 * directory would destroy each other's data. The operating system frees the lock when a process is
 * killed.
 */
final class DataDir implements AutoCloseable {

  private final Path dir;
  private final FileChannel lock;

  private DataDir(Path dir, FileChannel lock) {
    this.dir = dir;
    this.lock = lock;
  }

  static DataDir open(Path dir) {
    try {
      Files.createDirectories(dir);
      FileChannel channel =
          FileChannel.open(
              dir.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new BrokerCannotStart("%s: in use by another broker".formatted(dir));
      }
      return new DataDir(dir, channel);
    } catch (IOException e) {
      throw new BrokerCannotStart("%s: cannot be written (%s)".formatted(dir, e), e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldByThisJvm) {
      return null;
    }
  }

  Path logDir() {
    return dir.resolve("log");
  }

  /** Gives the log directory its cluster id, once: what is formatted stays as it is. */
  void formatOnFirstUse(Properties properties) {
    // Kafka writes this file last when it formats.
    if (Files.exists(logDir().resolve("meta.properties"))) {
      return;
    }
    Path file = dir.resolve("format.properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, "What the log directory was formatted with");
    } catch (IOException e) {
      throw new BrokerCannotStart("%s: cannot be written (%s)".formatted(file, e), e);
    }
    format(file);
  }

  private void format(Path file) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    String[] command = {
      "format", "-t", Uuid.randomUuid().toString(), "-c", file.toString(), "--ignore-formatted"
    };
    int status = StorageTool.execute(command, new PrintStream(output, true, UTF_8));
    if (status != 0) {
      throw new BrokerCannotStart(
          "%s: cannot be formatted (%s)".formatted(logDir(), output.toString(UTF_8).strip()));
    }
  }

  /** Frees the directory for another broker. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new IllegalStateException("%s: lock not freed".formatted(dir), e);
    }
  }
}
