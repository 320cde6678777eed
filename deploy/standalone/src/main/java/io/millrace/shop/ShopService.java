package io.millrace.shop;

import java.util.Locale;

/** The services of the shop, as their resources name them. */
enum ShopService {
  FRONTEND("2.4.1"),
  CATALOGUE("1.9.0"),
  CART("1.3.7"),
  CHECKOUT("3.0.2"),
  PAYMENT("1.12.0"),
  SHIPPING("0.8.5");

  private final String version;

  ShopService(String version) {
    this.version = version;
  }

  /** {@code service.name}. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@code service.version}. */
  String version() {
    return version;
  }

  /** The address by which the others call it. */
  String host() {
    return id() + ".shop.svc.cluster.local";
  }
}
