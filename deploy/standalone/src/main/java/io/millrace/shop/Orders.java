package io.millrace.shop;

import static io.millrace.shop.ShopService.CART;
import static io.millrace.shop.ShopService.CHECKOUT;
import static io.millrace.shop.ShopService.FRONTEND;
import static io.millrace.shop.ShopService.PAYMENT;
import static io.millrace.shop.ShopService.SHIPPING;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.millrace.shop.Calls.Http;
import io.millrace.shop.Lots.Fate;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** What an order sets going behind the frontend: cart, payment, order table, parcel. */
final class Orders {

  private static final String CHARGE = "shop.payment.v1.Payments/Charge";
  private static final int PARTITIONS = 6;

  private final RandomGenerator random;
  private final Latency latency;

  Orders(RandomGenerator random, Latency latency) {
    this.random = random;
    this.latency = latency;
  }

  /**
   * @param status what checkout answers the frontend
   */
  Step checkout(Lots lots, long status) {
    Http http = new Http("POST", "/orders", "/orders", status);
    Step server =
        Calls.httpServer(CHECKOUT, http)
            .with(longKey("shop.order.id"), lots.order())
            .taking(latency.micros(3_000))
            .calling(readCart(lots))
            .calling(charge(lots))
            .counting(Instrument.ORDERS, 1, outcome(lots));
    switch (lots.fate()) {
      case PAID -> paid(server, lots);
      case DECLINED ->
          server.saying(Severity.WARN, "shop.order.declined", body(lots), outcome(lots));
      case PROVIDER_TIMEOUT, CART_STORE_LOST ->
          server.saying(Severity.ERROR, "shop.order.failed", body(lots), outcome(lots));
    }
    return Calls.httpClient(FRONTEND, CHECKOUT.host(), http)
        .taking(latency.micros(900))
        .calling(server);
  }

  private void paid(Step server, Lots lots) {
    server
        .calling(
            Calls.sql(CHECKOUT, "INSERT", "orders", "INSERT INTO orders VALUES ($1, $2, $3)")
                .taking(latency.micros(3_500)))
        .calling(announce(lots))
        .event("order.stored", Attributes.of(longKey("shop.order.id"), lots.order()))
        .counting(
            Instrument.REVENUE,
            lots.euros(),
            Attributes.of(stringKey("shop.product.id"), lots.product().id()))
        .saying(Severity.INFO, "shop.order.placed", body(lots), outcome(lots));
  }

  private Step readCart(Lots lots) {
    Http http = new Http("GET", "/carts/{id}", "/carts/" + lots.order(), 200);
    Step server =
        Calls.httpServer(CART, http)
            .taking(latency.micros(700))
            .calling(Calls.redis(CART, "HGETALL").taking(latency.micros(600)))
            .counting(Instrument.ITEMS_IN_CARTS, -lots.pieces(), Attributes.empty())
            .saying(
                Severity.DEBUG,
                "",
                Value.of("cart read"),
                Attributes.of(longKey("shop.cart.items"), (long) lots.pieces()));
    return Calls.httpClient(CHECKOUT, CART.host(), http)
        .taking(latency.micros(900))
        .calling(server);
  }

  private Step charge(Lots lots) {
    String status = lots.fate() == Fate.PROVIDER_TIMEOUT ? "UNAVAILABLE" : "OK";
    Step server =
        Calls.rpcServer(PAYMENT, CHARGE, status)
            .taking(latency.micros(1_500))
            .calling(askProvider(lots))
            .saying(
                Severity.INFO,
                "",
                Value.of("card charged: " + lots.fate().name().toLowerCase(Locale.ROOT)),
                Attributes.of(doubleKey("shop.order.value"), lots.euros()));
    if (lots.fate() == Fate.PROVIDER_TIMEOUT) {
      server.saying(
          Severity.ERROR,
          "",
          Value.of("card provider does not answer"),
          Failures.logged(Failures.PROVIDER_TIMEOUT));
    }
    return Calls.rpcClient(CHECKOUT, PAYMENT, CHARGE, status)
        .taking(latency.micros(1_000))
        .calling(server);
  }

  /** Nobody traces the provider: its side of the call has no span. */
  private Step askProvider(Lots lots) {
    long status = lots.fate() == Fate.DECLINED ? 200 : 201;
    Step call =
        Calls.httpClient(
            PAYMENT, "cards.example.com", new Http("POST", "/charges", "/charges", status));
    if (lots.fate() == Fate.PROVIDER_TIMEOUT) {
      return call.taking(latency.micros(1_000_000)).failing(Failures.PROVIDER_TIMEOUT);
    }
    boolean slow = lots.slow() && lots.order() % 2 != 0;
    return call.taking(slow ? latency.seconds(3, 6) : latency.micros(60_000))
        .event("card.authorised", Attributes.of(stringKey("card.network"), "example"));
  }

  private Step announce(Lots lots) {
    long partition = random.nextInt(PARTITIONS);
    Step parcel =
        Calls.process(SHIPPING, partition, lots.order())
            .with(longKey("shop.order.id"), lots.order())
            .taking(latency.micros(2_000))
            .calling(
                Calls.sql(SHIPPING, "INSERT", "parcels", "INSERT INTO parcels VALUES ($1, $2)")
                    .taking(latency.micros(3_000)))
            .counting(
                Instrument.SHIPMENTS, 1, Attributes.of(stringKey("shop.carrier"), "pigeon post"))
            .saying(Severity.INFO, "shop.parcel.packed", Value.of("parcel packed"), outcome(lots));
    return Calls.send(CHECKOUT, partition).taking(latency.micros(1_800)).handingTo(parcel);
  }

  private static Attributes outcome(Lots lots) {
    return Attributes.of(
        stringKey("shop.order.outcome"), lots.fate().name().toLowerCase(Locale.ROOT));
  }

  /** A structured body: an order as its service would log it. */
  private static Value<?> body(Lots lots) {
    return Value.of(
        KeyValue.of("order", Value.of(lots.order())),
        KeyValue.of("customer", Value.of(lots.customer())),
        KeyValue.of("euros", Value.of(lots.euros())),
        KeyValue.of(
            "items",
            Value.of(
                Value.of(
                    KeyValue.of("product", Value.of(lots.product().id())),
                    KeyValue.of("pieces", Value.of((long) lots.pieces()))))));
  }
}
