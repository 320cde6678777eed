package io.millrace.gateway;

import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.millrace.topics.RecordHeaders;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.header.Headers;

/** Makes OTLP requests for tests. */
final class Otlp {

  private Otlp() {}

  /** One resource with that many spans, each of a trace of its own. */
  static ExportTraceServiceRequest spans(long seed, int count) {
    return spans(seed, count, 0);
  }

  /**
   * @param attributeLength of an attribute of each span, incompressible text
   */
  static ExportTraceServiceRequest spans(long seed, int count, int attributeLength) {
    Random random = new Random(seed);
    ScopeSpans.Builder scope = ScopeSpans.newBuilder();
    for (int i = 0; i < count; i++) {
      Span.Builder span = Span.newBuilder().setName("span-" + seed + "-" + i);
      span.setTraceId(bytes(random, 16)).setSpanId(bytes(random, 8));
      if (attributeLength > 0) {
        span.addAttributes(attribute("filling", text(random, attributeLength)));
      }
      scope.addSpans(span);
    }
    Resource resource =
        Resource.newBuilder().addAttributes(attribute("service.name", "shop")).build();
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(ResourceSpans.newBuilder().setResource(resource).addScopeSpans(scope))
        .build();
  }

  static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static String text(Random random, int length) {
    return random
        .ints(' ', '~')
        .limit(length)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static ByteString bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  /** What a record says of itself. */
  static int items(Headers headers) {
    return Integer.parseInt(RecordHeaders.get(headers, RecordHeaders.ITEMS).orElseThrow());
  }

  static byte[] compress(ContentEncoding encoding, byte[] plain) {
    return switch (encoding) {
      case IDENTITY -> plain;
      case GZIP -> gzip(plain);
      case ZSTD -> Zstd.compress(plain);
    };
  }

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }
}
