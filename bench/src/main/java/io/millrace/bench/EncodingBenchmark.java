package io.millrace.bench;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.MessageLite;
import io.millrace.delivery.Batch;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.xerial.snappy.Snappy;

/** What the parts of a delivery take that are not ours, alone: for each item of a batch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(EncodingBenchmark.ITEMS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class EncodingBenchmark {

  private static final int RECORDS = 50;
  static final int ITEMS = RECORDS * 102;

  /** What the batch holds: 50 records, half a mebibyte or one. */
  @Param({"LOGS", "METRICS"})
  public Signal signal = Signal.LOGS;

  private Batch batch = new Batch(signal, "", List.of(), 0, 0);
  private byte[] merged = {};
  private byte[] compressed = {};
  private byte[] target = {};
  private final Deflater gzip1 = new Deflater(1, true);
  private final Deflater gzip6 = new Deflater(6, true);

  /** Makes the batch. */
  @Setup(Level.Trial)
  public void fill() {
    Telemetry telemetry = new Telemetry(2);
    List<byte[]> values =
        IntStream.range(0, RECORDS)
            .<MessageLite>mapToObj(
                i -> signal == Signal.LOGS ? telemetry.logs(i) : telemetry.metrics(i, 0))
            .map(MessageLite::toByteArray)
            .toList();
    int bytes = values.stream().mapToInt(value -> value.length).sum();
    batch = new Batch(signal, "", values, bytes, ITEMS);
    merged = batch.merged();
    compressed = Zstd.compress(merged, 1);
    target = new byte[2 * bytes];
  }

  /** Frees what is not the JVM's. */
  @TearDown(Level.Trial)
  public void free() {
    gzip1.end();
    gzip6.end();
  }

  @Benchmark
  public int gzipOfLevel1() {
    return deflate(gzip1);
  }

  @Benchmark
  public int gzipOfLevel6() {
    return deflate(gzip6);
  }

  private int deflate(Deflater deflater) {
    deflater.reset();
    deflater.setInput(merged);
    deflater.finish();
    return deflater.deflate(target);
  }

  @Benchmark
  public byte[] zstdOfLevel1() {
    return Zstd.compress(merged, 1);
  }

  @Benchmark
  public byte[] zstdOfLevel3() {
    return Zstd.compress(merged, 3);
  }

  @Benchmark
  public int snappy() throws IOException {
    return Snappy.compress(merged, 0, merged.length, target, 0);
  }

  /** What Kafka's consumer does with a batch of ours. */
  @Benchmark
  public byte[] zstdDecoded() {
    return Zstd.decompress(compressed, merged.length);
  }

  @Benchmark
  public byte[] copied() {
    return batch.merged();
  }

  @Benchmark
  public int counted() throws MalformedOtlp {
    int items = 0;
    for (byte[] value : batch.values()) {
      items += OtlpItems.count(signal, value);
    }
    return items;
  }
}
