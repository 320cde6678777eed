package io.millrace.shop;

/** The shop's business metrics. */
enum Instrument {
  ORDERS("shop.orders", "{order}", Kind.COUNTER, "Orders placed, by outcome"),
  REVENUE("shop.revenue", "EUR", Kind.COUNTER, "Value of paid orders"),
  ITEMS_IN_CARTS("shop.cart.items", "{item}", Kind.UP_DOWN_COUNTER, "Items in carts now"),
  STOCK("shop.stock", "{item}", Kind.GAUGE, "Items in stock, by product"),
  SHIPMENTS("shop.shipments", "{shipment}", Kind.COUNTER, "Parcels handed to the carrier");

  /** How amounts become data points. */
  enum Kind {
    COUNTER,
    UP_DOWN_COUNTER,
    GAUGE
  }

  final String metric;
  final String unit;
  final Kind kind;
  final String description;

  Instrument(String metric, String unit, Kind kind, String description) {
    this.metric = metric;
    this.unit = unit;
    this.kind = kind;
    this.description = description;
  }
}
