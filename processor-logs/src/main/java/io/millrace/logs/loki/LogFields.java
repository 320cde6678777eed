package io.millrace.logs.loki;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.AttributeText;
import io.millrace.condition.Value;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import java.util.HexFormat;

/** The fields of one LogRecord at a time, but its attributes. */
final class LogFields {

  private static final byte[] NONE = {};

  private final WireReader reader = new WireReader(NONE, 3);
  private final Value body = new Value();
  private long time;
  private long observed;
  private int severityNumber;
  private String severityText = "";
  private long droppedAttributes;
  private long flags;
  private String traceId = "";
  private String spanId = "";
  private String eventName = "";

  void read(byte[] bytes, int from, int to) throws MalformedOtlp {
    clear();
    reader.over(bytes, from, to);
    while (reader.next()) {
      if (reader.isLengthDelimited()) {
        readSlice(bytes);
      } else {
        readNumber();
      }
    }
  }

  private void clear() {
    body.setNil();
    time = 0;
    observed = 0;
    severityNumber = 0;
    severityText = "";
    droppedAttributes = 0;
    flags = 0;
    traceId = "";
    spanId = "";
    eventName = "";
  }

  private void readNumber() {
    switch (reader.field()) {
      case 1 -> time = reader.value();
      case 2 -> severityNumber = (int) reader.value();
      case 7 -> droppedAttributes = reader.value() & 0xffffffffL;
      case 8 -> flags = reader.value() & 0xffffffffL;
      case 11 -> observed = reader.value();
      default -> {}
    }
  }

  private void readSlice(byte[] bytes) throws MalformedOtlp {
    switch (reader.field()) {
      case 3 -> severityText = text(bytes);
      case 5 -> body.readAny(bytes, reader.from(), reader.end());
      case 9 -> traceId = id(bytes);
      case 10 -> spanId = id(bytes);
      case 12 -> eventName = text(bytes);
      default -> {}
    }
  }

  private String text(byte[] bytes) {
    return new String(bytes, reader.from(), reader.end() - reader.from(), UTF_8);
  }

  /** Empty if there is none, or only zeros. */
  private String id(byte[] bytes) {
    for (int i = reader.from(); i < reader.end(); i++) {
      if (bytes[i] != 0) {
        return HexFormat.of().formatHex(bytes, reader.from(), reader.end());
      }
    }
    return "";
  }

  /** Time, else observed time, else what is given. */
  long nanos(long otherwise) {
    return time != 0 ? time : observed != 0 ? observed : otherwise;
  }

  String level() {
    return Level.of(severityNumber, severityText);
  }

  /** Timestamp and line of an EntryAdapter. */
  void writeEntry(long nanos, WireWriter out) throws MalformedOtlp {
    out.tag(1, WireReader.LENGTH_DELIMITED);
    int begin = out.begin();
    out.tag(1, WireReader.VARINT);
    out.varint(Long.divideUnsigned(nanos, 1_000_000_000));
    out.tag(2, WireReader.VARINT);
    out.varint(Long.remainderUnsigned(nanos, 1_000_000_000));
    out.end(begin);
    if (body.kind() == Value.Kind.STRING) {
      out.tag(2, WireReader.LENGTH_DELIMITED);
      out.varint(body.to() - body.from());
      out.copy(body.bytes(), body.from(), body.to());
    } else {
      out.bytesField(2, AttributeText.of(body).getBytes(UTF_8));
    }
  }

  /** What Loki's OTLP endpoint makes of the fields. */
  void writeMetadata(WireWriter out) {
    if (time != 0 && observed != 0) {
      Metadata.pair("observed_timestamp", Long.toUnsignedString(observed), out);
    }
    if (severityNumber != 0) {
      Metadata.pair("severity_number", Integer.toString(severityNumber), out);
    }
    text("severity_text", severityText, out);
    if (droppedAttributes != 0) {
      Metadata.pair("dropped_attributes_count", Long.toString(droppedAttributes), out);
    }
    if (flags != 0) {
      Metadata.pair("flags", Long.toString(flags), out);
    }
    text("trace_id", traceId, out);
    text("span_id", spanId, out);
    text("event_name", eventName, out);
  }

  private static void text(String name, String value, WireWriter out) {
    if (!value.isEmpty()) {
      Metadata.pair(name, value, out);
    }
  }
}
