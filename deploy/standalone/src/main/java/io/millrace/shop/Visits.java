package io.millrace.shop;

import static io.millrace.shop.ShopService.CART;
import static io.millrace.shop.ShopService.CATALOGUE;
import static io.millrace.shop.ShopService.FRONTEND;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.millrace.shop.Calls.Http;
import io.millrace.shop.Lots.Fate;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import java.util.random.RandomGenerator;

/**
 * Draws what happens in the shop: a customer looks at a product, or buys it. The same seed gives
 * the same visits. One thread.
 */
final class Visits {

  private static final double BROWSING = 0.4;

  private final RandomGenerator random;
  private final Latency latency;
  private final Orders orders;
  private long nextOrder = 1;

  Visits(RandomGenerator random) {
    this.random = random;
    this.latency = new Latency(random);
    this.orders = new Orders(random, latency);
  }

  Step next() {
    boolean browsing = random.nextDouble() < BROWSING;
    Lots lots = Lots.draw(random, nextOrder);
    if (browsing) {
      return browse(lots);
    }
    nextOrder++;
    return buy(lots);
  }

  private Step browse(Lots lots) {
    Http page = new Http("GET", "/products/{id}", "/products/" + lots.product().id(), 200);
    return page(page, lots)
        .calling(product(lots))
        .saying(
            Severity.DEBUG,
            "",
            Value.of("page rendered"),
            Attributes.of(stringKey("shop.product.id"), lots.product().id()));
  }

  private Step buy(Lots lots) {
    Step cart = addToCart(lots);
    if (lots.fate() == Fate.CART_STORE_LOST) {
      return page(post("/buy", 500), lots)
          .calling(product(lots))
          .calling(cart)
          .saying(
              Severity.ERROR, "", Value.of("cart answered 500, purchase given up"), order(lots));
    }
    long status = lots.fate() == Fate.PROVIDER_TIMEOUT ? 503 : 200;
    return page(post("/buy", status), lots)
        .calling(product(lots))
        .calling(cart)
        .calling(orders.checkout(lots, status))
        .event("page.flushed", Attributes.of(longKey("http.response.body.size"), 18_432L));
  }

  private Step page(Http http, Lots lots) {
    return Calls.httpServer(FRONTEND, http)
        .with(stringKey("user.id"), lots.customer())
        .with(stringKey("client.address"), "203.0.113." + random.nextInt(1, 255))
        .with(stringKey("user_agent.original"), "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
        .taking(latency.micros(6_000));
  }

  private Step product(Lots lots) {
    Http http = new Http("GET", "/products/{id}", "/products/" + lots.product().id(), 200);
    Step select =
        Calls.sql(CATALOGUE, "SELECT", "products", "SELECT * FROM products WHERE id = $1")
            .taking(slowInCatalogue(lots) ? latency.seconds(2, 4) : latency.micros(2_500));
    Step server =
        Calls.httpServer(CATALOGUE, http)
            .taking(latency.micros(1_200))
            .calling(select)
            .counting(
                Instrument.STOCK,
                random.nextInt(10, 500),
                Attributes.of(stringKey("shop.product.id"), lots.product().id()));
    if (slowInCatalogue(lots)) {
      server.saying(
          Severity.WARN,
          "shop.query.slow",
          Value.of("query on products took seconds"),
          Attributes.of(stringKey("db.collection.name"), "products"));
    }
    return Calls.httpClient(FRONTEND, CATALOGUE.host(), http)
        .taking(latency.micros(900))
        .calling(server);
  }

  /** A slow purchase is slow at the card provider instead, half the time. */
  private static boolean slowInCatalogue(Lots lots) {
    return lots.slow() && lots.order() % 2 == 0;
  }

  private Step addToCart(Lots lots) {
    boolean lost = lots.fate() == Fate.CART_STORE_LOST;
    Http http =
        new Http(
            "POST", "/carts/{id}/items", "/carts/" + lots.order() + "/items", lost ? 500 : 200);
    Step store = Calls.redis(CART, "HSET").taking(latency.micros(700));
    Step server = Calls.httpServer(CART, http).taking(latency.micros(800)).calling(store);
    if (lost) {
      store.failing(Failures.STORE_LOST);
      server.saying(
          Severity.ERROR, "", Value.of("cart not stored"), Failures.logged(Failures.STORE_LOST));
    } else {
      server.counting(Instrument.ITEMS_IN_CARTS, lots.pieces(), Attributes.empty());
    }
    return Calls.httpClient(FRONTEND, CART.host(), http)
        .taking(latency.micros(900))
        .calling(server);
  }

  private static Http post(String route, long status) {
    return new Http("POST", route, route, status);
  }

  private static Attributes order(Lots lots) {
    return Attributes.of(longKey("shop.order.id"), lots.order());
  }
}
