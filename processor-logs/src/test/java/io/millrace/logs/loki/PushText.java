package io.millrace.logs.loki;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;

/** A push request as text: a stream, its entries, their structured metadata. */
public final class PushText {

  private PushText() {}

  public static String of(byte[] request) throws MalformedOtlp {
    StringBuilder text = new StringBuilder();
    WireReader streams = new WireReader(request, 0).over(0, request.length);
    while (streams.next()) {
      WireReader stream = new WireReader(request, 0).over(streams.from(), streams.end());
      while (stream.next()) {
        switch (stream.field()) {
          case 1 -> text.append(string(request, stream)).append('\n');
          case 2 -> entry(request, stream, text);
          default -> throw new AssertionError(stream.field());
        }
      }
    }
    return text.toString();
  }

  private static void entry(byte[] request, WireReader at, StringBuilder text)
      throws MalformedOtlp {
    long seconds = 0;
    long nanos = 0;
    String line = "";
    StringBuilder metadata = new StringBuilder();
    WireReader entry = new WireReader(request, 0).over(at.from(), at.end());
    while (entry.next()) {
      switch (entry.field()) {
        case 1 -> {
          WireReader time = new WireReader(request, 0).over(entry.from(), entry.end());
          while (time.next()) {
            seconds = time.field() == 1 ? time.value() : seconds;
            nanos = time.field() == 2 ? time.value() : nanos;
          }
        }
        case 2 -> line = string(request, entry);
        case 3 -> metadata.append("    ").append(pair(request, entry)).append('\n');
        default -> throw new AssertionError(entry.field());
      }
    }
    text.append("  %d.%09d %s\n%s".formatted(seconds, nanos, line, metadata));
  }

  private static String pair(byte[] request, WireReader at) throws MalformedOtlp {
    String name = "";
    String value = "";
    WireReader pair = new WireReader(request, 0).over(at.from(), at.end());
    while (pair.next()) {
      name = pair.field() == 1 ? string(request, pair) : name;
      value = pair.field() == 2 ? string(request, pair) : value;
    }
    return name + "=" + value;
  }

  private static String string(byte[] request, WireReader at) {
    return new String(request, at.from(), at.end() - at.from(), UTF_8);
  }
}
