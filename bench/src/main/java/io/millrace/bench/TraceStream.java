package io.millrace.bench;

import com.google.protobuf.ByteString;
import io.millrace.otlp.Hasher;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Split.Piece;
import io.millrace.otlp.Splitter;
import io.millrace.otlp.Splitters;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Fills a topic with requests of 100 spans, 10 whole traces of 10 spans from 3 services, each trace
 * under an id of its own.
 */
final class TraceStream {

  static final int SPANS = 100;
  static final int TRACES = 10;

  private static final int TEMPLATES = 64;

  /** How a request becomes records. */
  enum Shape {
    /** One record of 100 spans, as an exporter that does not key its records writes. */
    WHOLE,
    /** One record for each partition that a trace of it belongs to, as our gateway writes. */
    SPLIT
  }

  /**
   * Log time that a filling spreads over.
   *
   * @param from milliseconds since the epoch
   */
  record LogTime(long from, long millis) {}

  private final List<Template> templates = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(7);
  private final Splitter splitter = Splitters.traces(Hasher.MURMUR2);

  TraceStream() {
    Telemetry telemetry = new Telemetry(3);
    for (int i = 0; i < TEMPLATES; i++) {
      templates.add(Template.of(telemetry.traces(TRACES, SPANS / TRACES, 3)));
    }
  }

  /** An encoded request and where its trace ids stand, by trace. */
  private static final class Template {

    private final byte[] request;
    private final List<int[]> traceIds;

    private Template(byte[] request, List<int[]> traceIds) {
      this.request = request;
      this.traceIds = traceIds;
    }

    static Template of(ExportTraceServiceRequest request) {
      byte[] encoded = request.toByteArray();
      Map<ByteString, List<Integer>> found = new HashMap<>();
      for (int at = 0; at + 16 <= encoded.length; at++) {
        // Tag of Span.trace_id and its length; ids are random, so nothing else looks like one.
        if (at > 1 && encoded[at - 2] == 0x0a && encoded[at - 1] == 16) {
          found
              .computeIfAbsent(ByteString.copyFrom(encoded, at, 16), id -> new ArrayList<>())
              .add(at);
        }
      }
      List<int[]> traceIds =
          request.getResourceSpansList().stream()
              .flatMap(resource -> resource.getScopeSpans(0).getSpansList().stream())
              .map(Span::getTraceId)
              .distinct()
              .map(id -> found.getOrDefault(id, List.of()))
              .map(places -> places.stream().mapToInt(Integer::intValue).toArray())
              .toList();
      if (traceIds.stream().mapToInt(places -> places.length).sum() != SPANS) {
        throw new IllegalStateException("trace ids not found in a template");
      }
      return new Template(encoded, traceIds);
    }

    byte[] withNewIds(SplittableRandom random) {
      byte[] copy = request.clone();
      ByteBuffer bytes = ByteBuffer.wrap(copy);
      for (int[] places : traceIds) {
        long high = random.nextLong();
        long low = random.nextLong();
        Arrays.stream(places).forEach(at -> bytes.putLong(at, high).putLong(at + 8, low));
      }
      return copy;
    }
  }

  /**
   * Fills the topic and returns when Kafka has it all.
   *
   * @param time that the records get, on a topic with create time; null for that of the broker
   */
  void fill(BrokerProcess broker, String topic, long spans, Shape shape, @Nullable LogTime time) {
    try (TopicFeed feed = new TopicFeed(broker, topic)) {
      long requests = spans / SPANS;
      for (long i = 0; i < requests; i++) {
        Long millis = time == null ? null : time.from + time.millis * i / requests;
        byte[] request = templates.get((int) (i % TEMPLATES)).withNewIds(random);
        for (Piece piece : pieces(request, i, shape)) {
          feed.send(piece.partition(), millis, piece.value());
        }
      }
    }
  }

  private List<Piece> pieces(byte[] request, long number, Shape shape) {
    if (shape == Shape.WHOLE) {
      return List.of(new Piece((int) (number % BrokerProcess.PARTITIONS), request, SPANS));
    }
    try {
      return splitter.split(request, BrokerProcess.PARTITIONS, 1 << 20).pieces();
    } catch (MalformedOtlp e) {
      throw new IllegalStateException(e);
    }
  }
}
