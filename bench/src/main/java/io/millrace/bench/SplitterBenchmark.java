package io.millrace.bench;

import com.google.protobuf.MessageLite;
import io.millrace.otlp.Hasher;
import io.millrace.otlp.LogsPartitioning;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Split;
import io.millrace.otlp.Splitter;
import io.millrace.otlp.Splitters;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it takes to cut one request into records, alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SplitterBenchmark {

  private static final int MAX_RECORD_BYTES = 1_000_000;

  /** What is cut. */
  public enum Request {
    /** 100 spans of 10 traces from 3 services. */
    TEN_TRACES,
    /** 512 spans of 128 traces from one service. */
    SDK_BATCH,
    /** 102 data points of one resource. */
    METRICS,
    /** 102 log records of 3 resources. */
    LOGS
  }

  @Param public Request request = Request.TEN_TRACES;

  private Splitter splitter = Splitters.traces(Hasher.MURMUR2);
  private byte[] encoded = {};

  /** Makes the request. */
  @Setup
  public void encode() {
    Telemetry telemetry = new Telemetry(1);
    MessageLite message =
        switch (request) {
          case TEN_TRACES -> telemetry.tenTraces();
          case SDK_BATCH -> telemetry.traces(128, 4, 1);
          case METRICS -> telemetry.metrics();
          case LOGS -> telemetry.logs();
        };
    splitter =
        switch (request) {
          case TEN_TRACES, SDK_BATCH -> Splitters.traces(Hasher.MURMUR2);
          case METRICS -> Splitters.metrics(Hasher.MURMUR2);
          case LOGS -> Splitters.logs(LogsPartitioning.RESOURCE, Hasher.MURMUR2);
        };
    encoded = message.toByteArray();
  }

  /** Over 12 partitions. */
  @Benchmark
  public Split split() throws MalformedOtlp {
    return splitter.split(encoded, BrokerProcess.PARTITIONS, MAX_RECORD_BYTES);
  }
}
