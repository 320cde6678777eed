package io.millrace.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Names an item to the person who has to find it: {@code traces: span "pay" of service "shop"}. */
final class ItemName {

  private static final int MAX_CHARS = 120;
  private static final byte[] SERVICE_NAME = "service.name".getBytes(UTF_8);
  private static final int METRIC_NAME_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int SPAN_NAME_TAG = WireReader.tag(5, WireReader.LENGTH_DELIMITED);

  private ItemName() {}

  static String of(Outline outline, int item) throws MalformedOtlp {
    String found =
        switch (outline.levels()) {
          case TRACES -> "traces: span " + quoted(spanName(outline, item));
          case METRICS -> "metrics: data point of metric " + quoted(metricName(outline, item));
          case LOGS -> "logs: log record";
        };
    return found + " of service " + quoted(serviceName(outline, item));
  }

  private static String spanName(Outline outline, int item) throws MalformedOtlp {
    return text(outline, outline.readItem(item), SPAN_NAME_TAG, "");
  }

  private static String metricName(Outline outline, int item) throws MalformedOtlp {
    int metric = outline.parent(outline.container(item));
    String found = "";
    for (int slice : outline.slices(metric)) {
      WireReader envelope =
          new WireReader(outline.request(), 3)
              .over(outline.sliceStart(slice), outline.sliceEnd(slice));
      found = text(outline, envelope, METRIC_NAME_TAG, found);
    }
    return found;
  }

  /** The {@code service.name} of what contains it; empty if there is none. */
  static String serviceName(Outline outline, int item) throws MalformedOtlp {
    int resource = outline.resource(outline.container(item));
    for (Attribute attribute : Attribute.ofResource(outline, resource)) {
      if (attribute.hasKey(SERVICE_NAME)) {
        return attribute.text();
      }
    }
    return "";
  }

  /** The field's last value, as protobuf reads it. */
  private static String text(Outline outline, WireReader message, int tag, String otherwise)
      throws MalformedOtlp {
    String found = otherwise;
    while (message.next()) {
      if (message.tag() == tag) {
        int length = message.end() - message.from();
        found = new String(outline.request(), message.from(), length, UTF_8);
      }
    }
    return found;
  }

  private static String quoted(String name) {
    String printable = name.replaceAll("\\p{Cntrl}", "?");
    return '"'
        + (printable.length() > MAX_CHARS ? printable.substring(0, MAX_CHARS) + "..." : printable)
        + '"';
  }
}
