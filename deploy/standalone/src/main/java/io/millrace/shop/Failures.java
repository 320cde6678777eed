package io.millrace.shop;

import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.millrace.shop.Step.Failure;
import io.opentelemetry.api.common.Attributes;

/** The exceptions that services of this shop throw, as a Java agent would have recorded them. */
final class Failures {

  static final Failure PROVIDER_TIMEOUT =
      failure(
          "java.net.http.HttpTimeoutException",
          "request timed out",
          "java.net.http/jdk.internal.net.http.HttpClientImpl.send(HttpClientImpl.java:956)",
          "shop.payment.CardProvider.charge(CardProvider.java:71)",
          "shop.payment.PaymentService.charge(PaymentService.java:48)");

  static final Failure STORE_LOST =
      failure(
          "redis.clients.jedis.exceptions.JedisConnectionException",
          "Unexpected end of stream.",
          "redis.clients.jedis.Protocol.process(Protocol.java:98)",
          "shop.cart.RedisCarts.put(RedisCarts.java:33)",
          "shop.cart.CartResource.addItem(CartResource.java:57)");

  private Failures() {}

  private static Failure failure(String type, String message, String... frames) {
    StringBuilder trace = new StringBuilder(type).append(": ").append(message).append('\n');
    for (String frame : frames) {
      trace.append("\tat ").append(frame).append('\n');
    }
    return new Failure(type, message, trace.toString());
  }

  /** The attributes of a log record about it. */
  static Attributes logged(Failure failure) {
    return Attributes.of(
        stringKey("exception.type"),
        failure.type(),
        stringKey("exception.message"),
        failure.message(),
        stringKey("exception.stacktrace"),
        failure.stackTrace());
  }
}
