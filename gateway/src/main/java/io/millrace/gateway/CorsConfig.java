package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;
import java.util.List;

/**
 * Which web pages may send OTLP/HTTP from a browser.
 *
 * @param allowedOrigins {@code https://shop.example}, or {@code *} for all; default none
 */
public record CorsConfig(List<String> allowedOrigins) {

  public static final CorsConfig NONE = new CorsConfig(List.of());

  private static final String ORIGIN = "https?://[^/\\s:*]+(:\\d{1,5})?";

  public CorsConfig {
    allowedOrigins = List.copyOf(allowedOrigins);
    for (String origin : allowedOrigins) {
      boolean any = origin.equals("*") && allowedOrigins.size() == 1;
      if (!any && !origin.matches(ORIGIN)) {
        throw new InvalidConfig(
            "allowed-origins", origin, "scheme://host[:port] without a path, or * alone");
      }
    }
  }
}
