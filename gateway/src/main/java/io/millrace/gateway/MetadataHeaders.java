package io.millrace.gateway;

import com.linecorp.armeria.common.RequestHeaders;
import io.millrace.daemon.InvalidConfig;
import io.millrace.topics.RecordHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.header.Headers;

/**
 * The request headers that travel with the records, as a Collector's {@code include_metadata_keys}
 * lets them: under their lower-case name, one record header for each value. Any thread.
 */
final class MetadataHeaders {

  /**
   * Names and values of one record together; what does not fit is left out. A topic's {@code
   * max.message.bytes} is reckoned with 4 KiB for headers and framing.
   */
  static final int MAX_BYTES = 2 << 10;

  private static final int MAX_NAMES = 16;

  /** Secrets, and what Millrace itself writes. */
  private static final Set<String> REFUSED =
      Set.of(
          "authorization",
          "proxy-authorization",
          "cookie",
          "x-api-key",
          RecordHeaders.TENANT.toLowerCase(Locale.ROOT));

  private final List<String> names;
  private final Runnable omitted;

  /**
   * @param names lower-case
   * @param omitted called for each value that is left out
   */
  MetadataHeaders(List<String> names, Runnable omitted) {
    this.names = names;
    this.omitted = omitted;
  }

  /**
   * The names as they are used.
   *
   * @param apiKeyHeader which carries a secret, whatever it is called
   * @throws InvalidConfig if one must not be used
   */
  static List<String> checked(List<String> names, String apiKeyHeader) {
    List<String> lowerCase = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    for (String name : lowerCase) {
      if (REFUSED.contains(name)
          || name.equalsIgnoreCase(apiKeyHeader)
          || name.startsWith("millrace-")) {
        throw new InvalidConfig(
            "metadata-headers", name, "no secret, no tenant, and nothing of Millrace's own");
      }
      if (!name.matches("[a-z0-9][a-z0-9._-]{0,63}") || name.endsWith("-bin")) {
        throw new InvalidConfig(
            "metadata-headers", name, "names of text headers, up to 64 letters, digits, . _ or -");
      }
    }
    if (lowerCase.size() > MAX_NAMES) {
      throw new InvalidConfig("metadata-headers", names.size() + " names", "at most " + MAX_NAMES);
    }
    return lowerCase;
  }

  /** Copies what a request has of them. */
  void copy(RequestHeaders request, Headers record) {
    int bytes = 0;
    for (String name : names) {
      for (String value : request.getAll(name)) {
        int more = name.length() + value.length(); // HTTP allows ASCII only
        if (bytes + more > MAX_BYTES) {
          omitted.run();
        } else {
          bytes += more;
          RecordHeaders.put(record, name, value);
        }
      }
    }
  }
}
