package io.millrace.shop;

import java.util.List;

/** Something the shop sells. */
record Product(String id, String name, double euros) {

  static final List<Product> ALL =
      List.of(
          new Product("FLOUR-405", "Wheat flour, 1 kg", 1.49),
          new Product("RYE-1150", "Rye flour, 1 kg", 1.89),
          new Product("OATS-ROLLED", "Rolled oats, 500 g", 1.19),
          new Product("MILL-HAND", "Hand mill", 89.00),
          new Product("STONE-SPARE", "Spare mill stone", 34.50),
          new Product("SIEVE-FINE", "Fine sieve", 17.95));
}
