package io.millrace.ledger;

import java.util.Locale;

/**
 * What is counted of items, in the order in which it befalls them. Every process that counts takes
 * its names from here.
 *
 * <pre>
 * gateway:   received = published + refused + in flight
 * processor: consumed = delivered + sampled out + dropped + dead-lettered + rejected + handed back
 *                + in flight
 * </pre>
 *
 * {@link #REDELIVERED} is beside the balance: the same items, sent again; and {@link #REENTERED}:
 * of those consumed and not handed back, the ones that no gateway has published.
 */
public enum LedgerMeter {
  RECEIVED("gateway.received.items"),
  PUBLISHED("gateway.published.items"),
  REFUSED("gateway.refused.items"),
  GATEWAY_IN_FLIGHT("gateway.in.flight.items"),
  CONSUMED("consumed.items"),
  DELIVERED("delivered.items"),
  SAMPLED_OUT("sampled.out.items"),
  DROPPED("dropped.items"),
  DEAD_LETTERED("dead.lettered.items"),
  REJECTED("rejected.items"),
  HANDED_BACK("handed.back.items"),
  IN_FLIGHT("in.flight.items"),
  REDELIVERED("redelivered.items"),
  REENTERED("reentered.items");

  private final String meter;

  LedgerMeter(String name) {
    meter = "millrace." + name;
  }

  /** Name of the Micrometer meter. */
  public String meter() {
    return meter;
  }

  /** Name of the Prometheus metric. */
  public String metric() {
    boolean isGauge = this == GATEWAY_IN_FLIGHT || this == IN_FLIGHT || this == REENTERED;
    return meter.replace('.', '_') + (isGauge ? "" : "_total");
  }

  /** Value of the label {@code outcome} where items are counted by tenant. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a person calls it. */
  String title() {
    return switch (this) {
      case GATEWAY_IN_FLIGHT, IN_FLIGHT -> "in flight";
      case SAMPLED_OUT -> "sampled out";
      case DEAD_LETTERED -> "dead-lettered";
      case HANDED_BACK -> "handed back";
      case REDELIVERED -> "(sent again)";
      case REENTERED -> "(sums, redriven)";
      default -> name().toLowerCase(Locale.ROOT);
    };
  }
}
