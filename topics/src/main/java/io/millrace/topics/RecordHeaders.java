package io.millrace.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Names and encoding of the headers Millrace puts on Kafka records. Values are UTF-8 text. */
public final class RecordHeaders {

  /**
   * Tenant of every item in the record. The name under which Mimir, Loki and Tempo expect it and a
   * Collector's {@code include_metadata_keys} writes it; read without regard to case.
   */
  public static final String TENANT = "X-Scope-OrgID";

  /** Number of spans, data points or log records in the value, decimal. */
  public static final String ITEMS = "millrace-items";

  /**
   * On records whose points are sums that Millrace made of delta points: who takes the deltas
   * themselves must leave them out. The value is empty.
   */
  public static final String SUMMED = "millrace-summed";

  private static final Pattern TENANT_TEXT = Pattern.compile("|[!-~]|[!-~][ -~]{0,148}[!-~]");

  private RecordHeaders() {}

  /** May it travel as an HTTP header? Printable ASCII, at most 150 characters as in Mimir. */
  public static boolean isTenant(String tenant) {
    return TENANT_TEXT.matcher(tenant).matches();
  }

  public static void put(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }

  /** The last header of that name, without regard to case, as UTF-8 text. */
  public static Optional<String> get(Headers headers, String name) {
    String found = null;
    for (Header header : headers) {
      if (header.key().equalsIgnoreCase(name) && header.value() != null) {
        found = new String(header.value(), UTF_8);
      }
    }
    return Optional.ofNullable(found);
  }
}
