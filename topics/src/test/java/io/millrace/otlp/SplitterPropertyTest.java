package io.millrace.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.millrace.otlp.Split.Reason;
import io.millrace.otlp.Split.Refused;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SplitterPropertyTest {

  private static final int SEEDS = 100;
  private static final int ANY_SIZE = Integer.MAX_VALUE;

  /** A splitter, its signal and what it must keep together. */
  enum Subject {
    TRACES(Signal.TRACES, Splitters.traces(Hasher.MURMUR2), single -> traceId(single)),
    TRACES_FNV(Signal.TRACES, Splitters.traces(Hasher.FNV_1A), single -> traceId(single)),
    METRICS(Signal.METRICS, Splitters.metrics(Hasher.MURMUR2), single -> resource(single)),
    LOGS(
        Signal.LOGS,
        Splitters.logs(LogsPartitioning.RESOURCE, Hasher.MURMUR2),
        single -> resource(single)),
    LOGS_BY_TRACE(
        Signal.LOGS,
        Splitters.logs(LogsPartitioning.TRACE_ID, Hasher.MURMUR2),
        single -> traceId(single)),
    LOGS_SPREAD(
        Signal.LOGS, Splitters.logs(LogsPartitioning.SPREAD, Hasher.MURMUR2), single -> "one");

    final Signal signal;
    final Splitter splitter;
    final SplitOracle.Key key;

    Subject(Signal signal, Splitter splitter, SplitOracle.Key key) {
      this.signal = signal;
      this.splitter = splitter;
      this.key = key;
    }

    private static Object traceId(Message single) {
      ByteString id =
          single instanceof ExportTraceServiceRequest traces
              ? traces.getResourceSpans(0).getScopeSpans(0).getSpans(0).getTraceId()
              : ((ExportLogsServiceRequest) single)
                  .getResourceLogs(0)
                  .getScopeLogs(0)
                  .getLogRecords(0)
                  .getTraceId();
      return isValid(id) ? id : "none";
    }

    private static Object resource(Message single) {
      return single instanceof ExportMetricsServiceRequest metrics
          ? metrics.getResourceMetrics(0).getResource().getAttributesList()
          : ((ExportLogsServiceRequest) single)
              .getResourceLogs(0)
              .getResource()
              .getAttributesList();
    }
  }

  static boolean isValid(ByteString traceId) {
    return traceId.size() == 16 && !traceId.equals(ByteString.copyFrom(new byte[16]));
  }

  @ParameterizedTest
  @EnumSource
  void shouldStoreEveryItemOnceAtOneRecordAPartition(Subject subject) throws MalformedOtlp {
    for (int seed = 0; seed < SEEDS; seed++) {
      Message request = request(subject, seed);

      Split split = subject.splitter.split(request.toByteArray(), 12, ANY_SIZE);

      SplitOracle.check(subject.signal, request, split, ANY_SIZE, subject.key);
      assertThat(split.pieces()).extracting(Split.Piece::partition).doesNotHaveDuplicates();
      assertThat(split.pieces()).extracting(Split.Piece::partition).allMatch(p -> p >= 0 && p < 12);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepEveryRecordWithinTheLimit(Subject subject) throws MalformedOtlp {
    Random random = new Random(1);
    for (int seed = 0; seed < SEEDS; seed++) {
      Message request = request(subject, seed);
      int limit = 50 + random.nextInt(2000);

      Split split = subject.splitter.split(request.toByteArray(), 3, limit);

      SplitOracle.check(subject.signal, request, split, limit, subject.key);
      assertThat(refused(split, Reason.TOO_LARGE))
          .isEqualTo(
              SplitOracle.singles(request).stream()
                  .filter(single -> subject.signal != Signal.TRACES || isValidTrace(single))
                  .filter(single -> single.getSerializedSize() > limit)
                  .count());
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseExactlyTheSpansWithoutTraceId(Subject subject) throws MalformedOtlp {
    for (int seed = 0; seed < SEEDS; seed++) {
      Message request = request(subject, seed);

      Split split = subject.splitter.split(request.toByteArray(), 12, ANY_SIZE);

      long invalid =
          SplitOracle.singles(request).stream()
              .filter(single -> subject.signal == Signal.TRACES && !isValidTrace(single))
              .count();
      assertThat(refused(split, Reason.INVALID_TRACE_ID)).isEqualTo(invalid);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldCountItems(Subject subject) throws MalformedOtlp {
    for (int seed = 0; seed < SEEDS; seed++) {
      Message request = request(subject, seed);

      int items = OtlpItems.count(subject.signal, request.toByteArray());

      assertThat(items).isEqualTo(SplitOracle.singles(request).size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadDamagedBytesAsProtobufDoesOrRefuseThem(Subject subject) {
    Random random = new Random(2);
    int read = 0;
    int refused = 0;
    for (int round = 0; round < 1_500; round++) {
      byte[] bytes = damaged(request(subject, round % 50).toByteArray(), random);
      int limit = round % 2 == 0 ? ANY_SIZE : 300;
      if (SplitterFuzzTest.check(subject.signal, subject.splitter, bytes, limit, subject.key)) {
        read++;
      } else {
        refused++;
      }
    }
    assertThat(List.of(read, refused)).allMatch(count -> count > 100);
  }

  static byte[] damaged(byte[] bytes, Random random) {
    byte[] result = bytes.length == 0 ? new byte[] {1} : bytes.clone();
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      int at = random.nextInt(result.length);
      switch (random.nextInt(4)) {
        case 0 -> result[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> result[at] = (byte) random.nextInt(256);
        case 2 -> result = Arrays.copyOf(result, at + 1);
        default ->
            System.arraycopy(
                result, at, result, random.nextInt(at + 1), random.nextInt(result.length - at));
      }
    }
    return result;
  }

  private static Message request(Subject subject, int seed) {
    OtlpGenerator generator = new OtlpGenerator(seed);
    Message request = generator.request(subject.signal);
    return seed % 2 == 0 ? request : generator.withUnknownFields(request);
  }

  private static boolean isValidTrace(Message single) {
    return Subject.traceId(single) instanceof ByteString;
  }

  private static int refused(Split split, Reason reason) {
    return split.refused().stream()
        .filter(refused -> refused.reason() == reason)
        .mapToInt(Refused::items)
        .sum();
  }
}
