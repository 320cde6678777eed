package io.millrace.shop;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What chance decides about one visit, in one place, so that the rest is plain telling.
 *
 * @param product looked at or bought
 * @param pieces how many, 1 to 5
 * @param customer {@code user.id}
 * @param order order number
 * @param fate how an order goes
 * @param slow one database or provider call takes seconds
 */
record Lots(Product product, int pieces, String customer, long order, Fate fate, boolean slow) {

  /** How an order goes. */
  enum Fate {
    PAID,
    /** The bank says no: no error of ours. */
    DECLINED,
    /** The card provider does not answer; everyone up to the browser sees it. */
    PROVIDER_TIMEOUT,
    /** The cart cannot read its store, before anything is paid. */
    CART_STORE_LOST
  }

  private static final double SLOW = 0.03;
  private static final double PROVIDER_TIMEOUT = 0.01;
  private static final double CART_STORE_LOST = 0.01;
  private static final double DECLINED = 0.03;

  static Lots draw(RandomGenerator random, long order) {
    List<Product> products = Product.ALL;
    return new Lots(
        products.get(random.nextInt(products.size())),
        1 + random.nextInt(5),
        "customer-" + random.nextInt(1000),
        order,
        fate(random.nextDouble()),
        random.nextDouble() < SLOW);
  }

  private static Fate fate(double lot) {
    if (lot < PROVIDER_TIMEOUT) {
      return Fate.PROVIDER_TIMEOUT;
    }
    if (lot < PROVIDER_TIMEOUT + CART_STORE_LOST) {
      return Fate.CART_STORE_LOST;
    }
    return lot < PROVIDER_TIMEOUT + CART_STORE_LOST + DECLINED ? Fate.DECLINED : Fate.PAID;
  }

  double euros() {
    return product.euros() * pieces;
  }
}
