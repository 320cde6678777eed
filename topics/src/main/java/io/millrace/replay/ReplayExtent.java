package io.millrace.replay;

import io.millrace.delivery.Extent;
import io.millrace.delivery.Stage;
import io.millrace.topics.Stretch;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;

/** The range of a replay as its delivery sees it, and how far that has come. */
final class ReplayExtent implements Extent {

  private final ReplayRange range;
  private final UnaryOperator<Stage> around;
  private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();

  ReplayExtent(ReplayRange range, UnaryOperator<Stage> around) {
    this.range = range;
    this.around = around;
    next.putAll(range.next());
  }

  /** Of a partition that has come since, nothing. */
  @Override
  public long end(TopicPartition partition) {
    return stretch(partition).map(Stretch::end).orElse(0L);
  }

  @Override
  public Stage around(Stage stage) {
    return around.apply(stage);
  }

  @Override
  public String note(TopicPartition partition) {
    return stretch(partition).map(stretch -> ReplayRange.note(range.period(), stretch)).orElse("");
  }

  @Override
  public void committed(TopicPartition partition, long offset) {
    next.put(partition, offset);
  }

  /** Offsets that are delivered, those before the replay was last stopped included. Any thread. */
  long done() {
    return range.stretches().values().stream()
        .mapToLong(stretch -> ReplayRange.done(stretch, next))
        .sum();
  }

  private Optional<Stretch> stretch(TopicPartition partition) {
    return Optional.ofNullable(range.stretches().get(partition));
  }
}
