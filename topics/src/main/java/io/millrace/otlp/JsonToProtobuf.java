package io.millrace.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads OTLP/JSON as a stream and writes protobuf as it goes. Lenient where protobuf's JSON is:
 * names in either case, integers as strings or numbers, enums as numbers or names, {@code null} for
 * what is not there.
 */
final class JsonToProtobuf {

  /** Four levels of JSON hold two of messages: {@code {"arrayValue": {"values": [{...}]}}}. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(2 * WireReader.MAX_DEPTH)
                  .maxStringLength(Integer.MAX_VALUE) // the request itself is bounded
                  .build())
          .build();

  private final JsonParser parser;
  private final WireWriter out;
  private final JsonScalar scalar;

  private JsonToProtobuf(JsonParser parser, WireWriter out) {
    this.parser = parser;
    this.out = out;
    this.scalar = new JsonScalar(parser);
  }

  static byte[] convert(Descriptor request, byte[] json) throws MalformedOtlp {
    try (JsonParser parser = JSON.createParser(json)) {
      WireWriter out = new WireWriter(json.length / 2);
      try {
        new JsonToProtobuf(parser, out).readRequest(request);
        return out.toByteArray();
      } catch (IOException e) {
        throw JsonPath.notJson(parser, e);
      }
    } catch (IOException e) {
      throw new MalformedOtlp("malformed OTLP/JSON: not readable as UTF-8");
    }
  }

  private void readRequest(Descriptor request) throws IOException, MalformedOtlp {
    expect(parser.nextToken(), JsonToken.START_OBJECT, "an object");
    readMessage(request, 0);
    JsonToken more = parser.nextToken();
    if (more != null) {
      throw JsonPath.found(parser, JsonPath.name(more) + " behind the request", "the end");
    }
  }

  private void readMessage(Descriptor type, int depth) throws IOException, MalformedOtlp {
    if (depth > WireReader.MAX_DEPTH) {
      throw JsonPath.found(
          parser, "more nesting", "at most " + WireReader.MAX_DEPTH + " messages in one another");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      FieldDescriptor field = JsonNames.field(type, parser.currentName());
      JsonToken value = parser.nextToken();
      if (field == null) {
        parser.skipChildren();
      } else if (value != JsonToken.VALUE_NULL) {
        readField(field, depth);
      }
    }
  }

  private void readField(FieldDescriptor field, int depth) throws IOException, MalformedOtlp {
    if (!field.isRepeated()) {
      readSingle(field, depth);
      return;
    }
    expect(parser.currentToken(), JsonToken.START_ARRAY, "an array");
    if (field.isPacked()) {
      readPacked(field);
      return;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      readElement(field, depth);
    }
  }

  private void readPacked(FieldDescriptor field) throws IOException, MalformedOtlp {
    out.tag(field.getNumber(), WireReader.LENGTH_DELIMITED);
    int begin = out.begin();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      write(field, scalar.read(field));
    }
    out.end(begin);
  }

  private void readSingle(FieldDescriptor field, int depth) throws IOException, MalformedOtlp {
    switch (field.getType()) {
      case MESSAGE, STRING, BYTES -> readElement(field, depth);
      default -> {
        long bits = scalar.read(field);
        if (bits != 0 || field.hasPresence()) {
          out.tag(field.getNumber(), field.getLiteType().getWireType());
          write(field, bits);
        }
      }
    }
  }

  private void readElement(FieldDescriptor field, int depth) throws IOException, MalformedOtlp {
    if (field.getType() == FieldDescriptor.Type.MESSAGE) {
      expect(parser.currentToken(), JsonToken.START_OBJECT, "an object");
      out.tag(field.getNumber(), WireReader.LENGTH_DELIMITED);
      int begin = out.begin();
      readMessage(field.getMessageType(), depth + 1);
      out.end(begin);
      return;
    }
    expect(parser.currentToken(), JsonToken.VALUE_STRING, "a string");
    byte[] value = readBytes(field);
    if (value.length > 0 || field.isRepeated() || field.hasPresence()) {
      out.tag(field.getNumber(), WireReader.LENGTH_DELIMITED);
      out.lengthDelimited(value);
    }
  }

  private byte[] readBytes(FieldDescriptor field) throws IOException, MalformedOtlp {
    if (field.getType() == FieldDescriptor.Type.STRING) {
      return parser.getText().getBytes(UTF_8);
    }
    return OtlpJson.isId(field) ? scalar.readHex() : scalar.readBase64();
  }

  private void write(FieldDescriptor field, long bits) {
    switch (field.getType()) {
      case FIXED32, SFIXED32 -> out.fixed(bits, 4);
      case FIXED64, SFIXED64, DOUBLE -> out.fixed(bits, 8);
      case SINT32, SINT64 -> out.varint(bits << 1 ^ bits >> 63);
      default -> out.varint(bits);
    }
  }

  private void expect(@Nullable JsonToken found, JsonToken expected, String name)
      throws MalformedOtlp {
    if (found != expected) {
      throw JsonPath.found(parser, JsonPath.name(found), name);
    }
  }
}
