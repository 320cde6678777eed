package io.millrace.destination;

import io.millrace.daemon.CannotStart;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.DeadReason;
import io.millrace.delivery.Destination;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpJson;
import io.millrace.otlp.Signal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Writes batches as OTLP/JSON lines, the format of the OpenTelemetry Collector's file exporter, one
 * line for each record: {@code <folder>/<signal>.jsonl}, and {@code <folder>/<tenant>/...} for
 * records that carry a tenant. All writing happens on one thread of its own.
 *
 * <p>An answer of accepted means that the operating system has the lines: they survive the end of
 * this process, not that of the machine.
 */
final class OtlpFiles implements Destination {

  private final Path folder;
  private final RotatedFile.Limits limits;
  private final Clock clock;
  private final ExecutorService writer;

  private OtlpFiles(Signal signal, Path folder, DestinationConfig config, Clock clock) {
    this.folder = folder;
    this.limits = new RotatedFile.Limits(config.fileMaxBytes(), config.fileMaxCount());
    this.clock = clock;
    this.writer =
        Executors.newSingleThreadExecutor(task -> new Thread(task, "write-" + signal.id()));
  }

  static OtlpFiles open(Signal signal, Path folder, DestinationConfig config, Clock clock) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CannotStart(
          "%s: cannot be made a folder for output: %s (expected: a writable path)"
              .formatted(folder, e),
          e);
    }
    if (!Files.isWritable(folder)) {
      throw new CannotStart(
          folder + ": not writable (expected: a writable folder for output)", null);
    }
    return new OtlpFiles(signal, folder, config, clock);
  }

  @Override
  public CompletableFuture<Answer> send(Batch batch) {
    return CompletableFuture.supplyAsync(() -> write(batch), writer);
  }

  private Answer write(Batch batch) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(batch.bytes() * 3);
    try {
      for (byte[] value : batch.values()) {
        OtlpJson.appendJsonLine(batch.signal(), value, lines);
      }
      file(batch).append(lines.toByteArray());
      return Answer.Accepted.ALL;
    } catch (MalformedOtlp e) {
      return new Answer.Refused(DeadReason.MALFORMED, e.getMessage());
    } catch (IOException e) {
      return new Answer.Busy(Duration.ZERO, "%s: %s".formatted(folder, e));
    }
  }

  private RotatedFile file(Batch batch) throws IOException {
    Path of = folder;
    if (!batch.tenant().isEmpty()) {
      of = Files.createDirectories(folder.resolve(fileName(batch.tenant())));
    }
    return new RotatedFile(of, batch.signal().id(), limits, clock);
  }

  /** A tenant as a folder's name: what could leave the folder is written as its code point. */
  static String fileName(String tenant) {
    StringBuilder name = new StringBuilder();
    tenant
        .codePoints()
        .limit(100)
        .forEach(
            c -> {
              boolean plain =
                  (c < 128 && Character.isLetterOrDigit(c)) || c == '-' || c == '_' || c == '@';
              if (plain || (c == '.' && name.length() > 0)) {
                name.append((char) c);
              } else {
                name.append('%').append(Integer.toHexString(c));
              }
            });
    return name.toString();
  }

  @Override
  public int maxRequestsPerLane() {
    return 1;
  }

  /** Waits for what is being written. */
  @Override
  public void close() {
    writer.shutdown();
  }
}
