package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;
import java.time.Duration;

/**
 * How many connections there are and how long they last.
 *
 * @param max open at the same time on all listeners; what comes beyond is closed at once. 1 to
 *     1000000, default 20000
 * @param maxAge after which a client is asked to connect anew, each connection up to a tenth
 *     earlier or later. 0 for never, else at least 1 s; default 5 min. Without it gRPC clients stay
 *     with the gateway they found first, and one that joins the fleet gets nothing to do
 * @param maxAgeGrace for which a connection past its age still takes requests, since its client may
 *     not have heard yet; 0 to 10 min, default 5 s
 * @param idleTimeout after which a connection without requests is closed; 1 s to 1 d, default 2
 *     min, longer than exporters pause between exports
 * @param pingInterval of HTTP/2 pings on a connection that is silent; a client that does not answer
 *     is gone. 0 for none, else at least 1 s and below the idle timeout; default 30 s
 * @param receiveTimeout for a request to arrive; slower ones are refused and cut off. 1 s to 10
 *     min, default 30 s
 */
public record ConnectionsConfig(
    int max,
    Duration maxAge,
    Duration maxAgeGrace,
    Duration idleTimeout,
    Duration pingInterval,
    Duration receiveTimeout) {

  private static final Duration SECOND = Duration.ofSeconds(1);

  public static final ConnectionsConfig DEFAULT =
      new ConnectionsConfig(
          20_000,
          Duration.ofMinutes(5),
          Duration.ofSeconds(5),
          Duration.ofMinutes(2),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30));

  public ConnectionsConfig {
    if (max < 1 || max > 1_000_000) {
      throw new InvalidConfig("max", max, "1 to 1000000");
    }
    if (isNeither(maxAge, Duration.ZERO, SECOND, Duration.ofDays(365))) {
      throw new InvalidConfig("max-age", maxAge, "0s for never, or 1s to 365d");
    }
    if (maxAgeGrace.isNegative() || maxAgeGrace.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new InvalidConfig("max-age-grace", maxAgeGrace, "0s to 10m");
    }
    if (idleTimeout.compareTo(SECOND) < 0 || idleTimeout.compareTo(Duration.ofDays(1)) > 0) {
      throw new InvalidConfig("idle-timeout", idleTimeout, "1s to 1d");
    }
    if (isNeither(pingInterval, Duration.ZERO, SECOND, idleTimeout.minusMillis(1))) {
      throw new InvalidConfig(
          "ping-interval", pingInterval, "0s for none, or 1s to less than idle-timeout");
    }
    if (receiveTimeout.compareTo(SECOND) < 0
        || receiveTimeout.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new InvalidConfig("receive-timeout", receiveTimeout, "1s to 10m");
    }
  }

  private static boolean isNeither(Duration value, Duration off, Duration least, Duration most) {
    return !value.equals(off) && (value.compareTo(least) < 0 || value.compareTo(most) > 0);
  }
}
