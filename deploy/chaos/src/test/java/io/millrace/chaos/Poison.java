package io.millrace.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.millrace.otlp.Signal;
import io.millrace.standalone.NumberedItems;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

/**
 * A record that does not belong on a topic.
 *
 * @param isReadable whether it is OTLP, if not as any SDK writes it
 */
record Poison(byte[] value, Map<String, byte[]> headers, boolean isReadable) {

  private static final int LARGE_BYTES = 50_000_000;

  /** What a later OTLP might have: no field of today has that number. */
  private static final int FUTURE_FIELD = 9_999;

  /** One of each kind. */
  static List<Poison> every(Signal signal, Random random) {
    byte[] good = NumberedItems.request(signal, 0, 10);
    return List.of(
        unreadable(random(random, 1 + random.nextInt(10_000))),
        unreadable(Arrays.copyOf(good, good.length - 1 - random.nextInt(20))),
        // A bomb of 50 MB that Kafka itself takes apart, and one that nobody does.
        unreadable(new byte[LARGE_BYTES]),
        unreadable(gzip(new byte[LARGE_BYTES])),
        unreadable(random(random, LARGE_BYTES)),
        readable(foreign(signal, Poison::large)),
        ofTheFuture(foreign(signal, Poison::future)));
  }

  private static Poison unreadable(byte[] value) {
    return new Poison(value, Map.of(), false);
  }

  private static Poison readable(byte[] value) {
    return new Poison(value, Map.of(), true);
  }

  private static Poison ofTheFuture(byte[] value) {
    return new Poison(value, Map.of("millrace-future", "7".getBytes(UTF_8)), true);
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    bytes[0] = 7; // A wire type that there is not: by chance it could be OTLP.
    return bytes;
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static KeyValue large(KeyValue attribute) {
    AnyValue text = AnyValue.newBuilder().setStringValue("x".repeat(LARGE_BYTES)).build();
    return KeyValue.newBuilder().setKey("large").setValue(text).build();
  }

  private static KeyValue future(KeyValue attribute) {
    return attribute.toBuilder().setKey("future").build();
  }

  /** One item that is none of ours by its attribute, with an unknown field in every message. */
  private static byte[] foreign(Signal signal, UnaryOperator<KeyValue> attribute) {
    byte[] one = NumberedItems.request(signal, 0, 1);
    try {
      Message request =
          switch (signal) {
            case TRACES -> ExportTraceServiceRequest.parseFrom(one);
            case METRICS -> ExportMetricsServiceRequest.parseFrom(one);
            case LOGS -> ExportLogsServiceRequest.parseFrom(one);
          };
      return changed(request, attribute).toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Message changed(Message message, UnaryOperator<KeyValue> attribute) {
    Message before =
        message instanceof KeyValue pair && NumberedItems.isNumber(pair)
            ? attribute.apply(pair)
            : message;
    Message.Builder after = before.toBuilder().setUnknownFields(future());
    before
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                after.setField(field, changed(value, attribute));
              }
            });
    return after.build();
  }

  private static Object changed(Object value, UnaryOperator<KeyValue> attribute) {
    return value instanceof List<?> list
        ? list.stream().map(each -> changed((Message) each, attribute)).toList()
        : changed((Message) value, attribute);
  }

  private static UnknownFieldSet future() {
    return UnknownFieldSet.newBuilder()
        .addField(FUTURE_FIELD, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
        .build();
  }
}
