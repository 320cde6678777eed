package io.millrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What Linux accounts to a process (proc(5)): CPU time of all its threads, user and system, and its
 * peak resident memory.
 */
final class ProcessUsage {

  private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 on every Linux

  private final Path folder;

  ProcessUsage(long pid) {
    folder = Path.of("/proc", Long.toString(pid));
  }

  /** CPU time so far, in seconds; its resolution is 10 ms. */
  double cpuSeconds() {
    String stat = read("stat").get(0);
    // The second field is the command in brackets, which may hold spaces.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * NANOS_PER_TICK / 1e9;
  }

  /** Peak resident memory since {@link #resetPeak}, in bytes. */
  long peakBytes() {
    return read("status").stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(folder + "/status has no VmHWM"));
  }

  void resetPeak() {
    try {
      Files.writeString(folder.resolve("clear_refs"), "5");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> read(String file) {
    try {
      return Files.readAllLines(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
