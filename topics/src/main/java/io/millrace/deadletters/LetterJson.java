package io.millrace.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import org.apache.kafka.common.header.Header;

/** A letter as JSON: its headers, and what it holds as OTLP/JSON or, if it is none, in base 64. */
final class LetterJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private LetterJson() {}

  /** One line. */
  static String line(Letter letter) {
    ObjectNode json = JSON.createObjectNode();
    json.put("id", letter.id());
    json.put("time", Instant.ofEpochMilli(letter.record().timestamp()).toString());
    ObjectNode headers = json.putObject("headers");
    for (Header header : letter.record().headers()) {
      headers.put(header.key(), header.value() == null ? "" : new String(header.value(), UTF_8));
    }
    try {
      json.set("request", request(letter));
    } catch (MalformedOtlp e) {
      json.put("base64", letter.value());
    }
    return json.toString();
  }

  /**
   * What it holds, over many lines.
   *
   * @throws MalformedOtlp if it cannot be read
   */
  static String pretty(Letter letter) throws MalformedOtlp {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(request(letter));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree cannot fail to be written", e);
    }
  }

  private static JsonNode request(Letter letter) throws MalformedOtlp {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      OtlpJson.appendJsonLine(letter.signal(), letter.value(), out);
      return JSON.readTree(out.toByteArray());
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot fail to be written", e);
    }
  }
}
