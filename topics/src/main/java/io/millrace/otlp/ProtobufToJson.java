package io.millrace.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;

/**
 * Prints a request the way the Collector does: fields in the order of the schema, 64-bit integers
 * as strings, enums as numbers, defaults and empty ids left out, but messages that are not there
 * printed as {@code {}} where they are no choice of several ({@code resource}, {@code status}).
 */
final class ProtobufToJson {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .build()
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
          .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);

  private final JsonGenerator out;

  private ProtobufToJson(JsonGenerator out) {
    this.out = out;
  }

  static void appendLine(Message request, OutputStream to) throws IOException {
    try (JsonGenerator out = JSON.createGenerator(to)) {
      new ProtobufToJson(out).print(request);
      out.writeRaw('\n');
    }
  }

  private void print(Message message) throws IOException {
    out.writeStartObject();
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      if (field.isRepeated()) {
        printAll(message, field);
      } else if (isPrinted(message, field)) {
        out.writeFieldName(field.getJsonName());
        print(field, message.getField(field));
      }
    }
    out.writeEndObject();
  }

  private void printAll(Message message, FieldDescriptor field) throws IOException {
    List<?> values = (List<?>) message.getField(field);
    if (!values.isEmpty()) {
      out.writeArrayFieldStart(field.getJsonName());
      for (Object value : values) {
        print(field, value);
      }
      out.writeEndArray();
    }
  }

  private static boolean isPrinted(Message message, FieldDescriptor field) {
    return switch (field.getType()) {
      case MESSAGE -> message.hasField(field) || field.getRealContainingOneof() == null;
      case BYTES ->
          message.hasField(field)
              && (!OtlpJson.isId(field) || !isZero((ByteString) message.getField(field)));
      default -> message.hasField(field);
    };
  }

  private static boolean isZero(ByteString id) {
    for (int i = 0; i < id.size(); i++) {
      if (id.byteAt(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private void print(FieldDescriptor field, Object value) throws IOException {
    switch (field.getType()) {
      case MESSAGE -> print((Message) value);
      case STRING -> out.writeString((String) value);
      case BYTES -> print(field, (ByteString) value);
      case BOOL -> out.writeBoolean((boolean) value);
      case DOUBLE -> print((double) value);
      case ENUM -> out.writeNumber(((EnumValueDescriptor) value).getNumber());
      case INT32, SINT32 -> out.writeNumber((int) value);
      case UINT32, FIXED32 -> out.writeNumber(Integer.toUnsignedLong((int) value));
      case INT64, SINT64, SFIXED64 -> out.writeString(Long.toString((long) value));
      case UINT64, FIXED64 -> out.writeString(Long.toUnsignedString((long) value));
      case FLOAT, SFIXED32, GROUP ->
          throw new IllegalStateException("OTLP has no " + field.getType());
    }
  }

  private void print(FieldDescriptor field, ByteString value) throws IOException {
    if (OtlpJson.isId(field)) {
      out.writeString(HexFormat.of().formatHex(value.toByteArray()));
    } else {
      out.writeBinary(value.toByteArray());
    }
  }

  private void print(double value) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumber(text(value));
    } else {
      out.writeString(Double.toString(value));
    }
  }

  /** As Go prints it: plain within 1e-6 and 1e21, otherwise with an exponent of two digits. */
  private static String text(double value) {
    double size = Math.abs(value);
    if (size == 0) {
      return 1 / value > 0 ? "0" : "-0";
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (size >= 1e-6 && size < 1e21) {
      return exact.toPlainString();
    }
    int exponent = exact.precision() - exact.scale() - 1;
    String digits = exact.movePointLeft(exponent).toPlainString();
    return digits
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }
}
