package io.millrace.standalone;

import io.millrace.shop.Endpoint;
import io.millrace.shop.Shop;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A shop that is open, on a thread of its own, until it is closed. */
final class DemoShop implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DemoShop.class);

  private static final Duration FOR_EVER = Duration.ofDays(36500);

  private final Shop shop;
  private final Thread thread;

  private DemoShop(Shop shop, double rate) {
    this.shop = shop;
    this.thread = new Thread(() -> run(shop, rate), "demo-shop");
  }

  static DemoShop start(String endpoint, double rate) {
    DemoShop demo = new DemoShop(Shop.open(Endpoint.parse(endpoint)), rate);
    demo.thread.start();
    return demo;
  }

  private static void run(Shop shop, double rate) {
    try {
      shop.run(rate, FOR_EVER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes the shop and sends what it still has to tell. */
  @Override
  public void close() {
    shop.stop();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    shop.close();
    log.info("demo shop: {}", shop.sent().summary());
  }
}
