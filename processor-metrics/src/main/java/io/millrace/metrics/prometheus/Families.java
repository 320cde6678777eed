package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The metric families met so far, by OTLP name, unit and type: each name is translated once. Up to
 * a bound: a client that makes up names must not fill the memory.
 */
final class Families {

  private static final int MAX_REMEMBERED = 16_384;

  private static final byte[] TARGET_INFO_HELP = "Target metadata".getBytes(UTF_8);

  private final MetricNames names;
  private final RangeTable keys = new RangeTable();
  private final WireBuffer key = new WireBuffer(256);
  private final List<@Nullable Family> all = new ArrayList<>();
  private final List<Family> met = new ArrayList<>();
  private final Family targetInfo =
      new Family(0, Family.TARGET_INFO, "", MetricKind.GAUGE.metadataType());
  private long batch;

  Families(MetricNames names) {
    this.names = names;
  }

  /** A batch begins. */
  void startBatch() {
    batch++;
    met.clear();
    if (keys.size() > MAX_REMEMBERED) {
      keys.clear();
      all.clear();
    }
  }

  /** Those of the batch, in no order. */
  List<Family> met() {
    return met;
  }

  /** One of the batch by its number. */
  Family family(int number) {
    Family family = number == 0 ? targetInfo : all.get(number - 1);
    return requireNonNull(family);
  }

  Family targetInfo() {
    return meet(targetInfo, TARGET_INFO_HELP, 0, TARGET_INFO_HELP.length);
  }

  /** The family of a metric; null if no name can be made for it. */
  @Nullable Family of(MetricHead head, MetricKind kind) {
    byte[] source = head.source;
    key.clear();
    key.raw(source, head.nameFrom, head.nameTo);
    key.put((byte) 0);
    key.raw(source, head.unitFrom, head.unitTo);
    int number = keys.number(head.data << 1 | (head.monotonic ? 1 : 0), key.bytes(), 0, key.size());
    if (number < 0) {
      number = -1 - number;
      keys.owned(number);
      all.add(translate(head, kind, number + 1));
    }
    Family family = all.get(number);
    return family == null ? null : meet(family, source, head.helpFrom, head.helpTo);
  }

  private Family meet(Family family, byte[] source, int helpFrom, int helpTo) {
    if (family.meet(batch, source, helpFrom, helpTo)) {
      met.add(family);
    }
    return family;
  }

  private @Nullable Family translate(MetricHead head, MetricKind kind, int number) {
    String unit = Conversion.text(head.source, head.unitFrom, head.unitTo);
    Optional<String> name =
        names.of(Conversion.text(head.source, head.nameFrom, head.nameTo), unit, kind);
    return name.map(
            translated ->
                new Family(number, translated, UnitNames.metadata(unit), kind.metadataType()))
        .orElse(null);
  }
}
