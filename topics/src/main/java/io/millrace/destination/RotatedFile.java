package io.millrace.destination;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file of lines, {@code <name>.jsonl}, that is set aside as {@code <name>-<UTC time>.jsonl} when
 * the next lines would make it larger than the limit. Used by one thread at a time.
 */
final class RotatedFile {

  /**
   * @param maxBytes size the file is kept within; lines larger than that stand alone
   * @param maxCount files kept, the one being written included
   */
  record Limits(long maxBytes, int maxCount) {}

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final String name;
  private final Limits limits;
  private final Clock clock;

  RotatedFile(Path folder, String name, Limits limits, Clock clock) {
    this.folder = folder;
    this.name = name;
    this.limits = limits;
    this.clock = clock;
  }

  /** Appends all of the lines or, on an error, none of them. */
  void append(byte[] lines) throws IOException {
    Path current = folder.resolve(name + ".jsonl");
    if (Files.exists(current)) {
      long size = Files.size(current);
      if (size > 0 && size + lines.length > limits.maxBytes()) {
        Files.move(current, unusedName());
        deleteOldest();
      }
    }
    try (FileChannel file =
        FileChannel.open(
            current,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      write(file, lines);
    }
  }

  private static void write(FileChannel file, byte[] lines) throws IOException {
    long start = endOfLastLine(file);
    try {
      ByteBuffer rest = ByteBuffer.wrap(lines);
      while (rest.hasRemaining()) {
        file.write(rest, start + rest.position());
      }
    } catch (IOException e) {
      file.truncate(start);
      throw e;
    }
  }

  /**
   * Where to write: a process that was killed may have left part of a line, which was never
   * accepted and is written again.
   */
  private static long endOfLastLine(FileChannel file) throws IOException {
    long size = file.size();
    long end = size;
    ByteBuffer one = ByteBuffer.allocate(1);
    while (end > 0 && file.read(one.clear(), end - 1) == 1 && one.get(0) != '\n') {
      end--;
    }
    if (end < size) {
      file.truncate(end);
    }
    return end;
  }

  /** Named by the time, or the next millisecond that is not taken, so that names sort by age. */
  private Path unusedName() {
    Instant time = clock.instant();
    Path candidate = aside(time);
    while (Files.exists(candidate)) {
      time = time.plusMillis(1);
      candidate = aside(time);
    }
    return candidate;
  }

  private Path aside(Instant time) {
    return folder.resolve("%s-%s.jsonl".formatted(name, TIME.format(time)));
  }

  private void deleteOldest() throws IOException {
    List<Path> aside;
    try (Stream<Path> files = Files.list(folder)) {
      aside =
          files
              .filter(file -> file.getFileName().toString().matches(name + "-\\d{8}T.*\\.jsonl"))
              .sorted()
              .toList();
    }
    for (Path file : aside.subList(0, Math.max(0, aside.size() - (limits.maxCount() - 1)))) {
      Files.delete(file);
    }
  }
}
