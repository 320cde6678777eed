package io.millrace.processing;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.condition.InvalidCondition;
import io.millrace.delivery.Stage;
import io.millrace.delivery.Staged;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Signal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A stage that applies rules to what another stage passes on: the last thing that happens to items
 * before they are batched. A sampler before it sees them as they came. Loop thread only.
 */
public final class Processing implements Stage {

  private static final byte[] NOTHING = {};

  private final Stage before;
  private final Signal signal;
  private final boolean keepsOriginals;
  private final List<Named> rules = new ArrayList<>();
  private final List<Redaction> redactions = new ArrayList<>();
  private final Rewrite rewrite;

  /**
   * A rule with what is counted of it.
   *
   * @param counter of texts it changed, or of items its condition could not be evaluated for
   */
  private record Named(String name, Rule rule, Counter counter) {}

  private Processing(
      Stage before, Signal signal, ProcessingConfig config, MeterRegistry registry, Tags tags)
      throws InvalidCondition {
    this.before = before;
    this.signal = signal;
    this.keepsOriginals = config.deadLetters() == ProcessingConfig.Letters.ORIGINAL;
    this.rewrite = new Rewrite(signal);
    for (RuleConfig rule : config.rules()) {
      boolean text = rule.redact().isPresent() || rule.truncate().isPresent();
      String meter = text ? "millrace.changed.texts" : "millrace.condition.errors";
      rules.add(
          new Named(
              rule.name(),
              Rule.compile(rule, signal),
              registry.counter(meter, tags.and("rule", rule.name()))));
      rule.redact().ifPresent(redact -> redactions.add(new Redaction(redact)));
    }
  }

  /**
   * The stage itself where there are no rules.
   *
   * @param config checked before
   */
  public static Stage after(
      Stage before,
      Signal signal,
      ProcessingConfig config,
      String destination,
      MeterRegistry registry) {
    if (config.rules().isEmpty()) {
      return before;
    }
    try {
      Tags tags = Tags.of("signal", signal.id(), "destination", destination);
      return new Processing(before, signal, config, registry, tags);
    } catch (InvalidCondition e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Staged apply(ConsumerRecord<byte[], byte[]> record) throws MalformedOtlp {
    Staged staged = before.apply(record);
    return staged.items() == 0 ? staged : process(staged);
  }

  private Staged process(Staged staged) throws MalformedOtlp {
    byte[] value = staged.value();
    int items = staged.items();
    Map<String, Integer> dropped = Map.of();
    Survivors survivors = new Survivors(keepsOriginals ? items : 0);
    for (Named named : rules) {
      long countBefore = named.rule().count();
      survivors.begin();
      value = rewrite.apply(named.rule(), value, keepsOriginals ? survivors : Rewrite.Kept.NOBODY);
      named.counter().increment((double) (named.rule().count() - countBefore));
      if (rewrite.dropped() > 0) {
        items -= rewrite.dropped();
        dropped = dropped.isEmpty() ? new LinkedHashMap<>() : dropped;
        dropped.put(named.name(), rewrite.dropped());
        if (items == 0) {
          return new Staged(NOTHING, 0, staged.sampledOut(), dropped, NOTHING);
        }
      }
    }
    byte[] letters = keepsOriginals ? survivors.of(signal, staged.value()) : value;
    return new Staged(value, items, staged.sampledOut(), dropped, letters);
  }

  /**
   * What cannot be read cannot be processed; what is to be redacted is found in it all the same.
   */
  @Override
  public byte[] letter(ConsumerRecord<byte[], byte[]> record) {
    byte[] letter = before.letter(record);
    if (keepsOriginals || redactions.isEmpty()) {
      return letter;
    }
    byte[] redacted = letter.clone();
    redactions.forEach(redaction -> redaction.blank(redacted));
    return redacted;
  }

  @Override
  public boolean mayRead(TopicPartition partition, long offset) {
    return before.mayRead(partition, offset);
  }

  @Override
  public boolean mayPass(ConsumerRecord<byte[], byte[]> record) {
    return before.mayPass(record);
  }

  @Override
  public void assigned(Map<TopicPartition, Long> positions) {
    before.assigned(positions);
  }

  @Override
  public void revoked(Collection<TopicPartition> partitions) {
    before.revoked(partitions);
  }

  @Override
  public void turn() {
    before.turn();
  }

  @Override
  public void close() {
    before.close();
  }
}
