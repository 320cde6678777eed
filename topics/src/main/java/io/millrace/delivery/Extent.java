package io.millrace.delivery;

import org.apache.kafka.common.TopicPartition;

/**
 * Which part of a topic a delivery is for. Live delivery is for all of it; a replay for some of
 * what was. Loop thread only.
 */
public interface Extent {

  /** All that there is and that comes. */
  Extent LIVE = new Extent() {};

  /** Offset behind the last record of a partition that is delivered. */
  default long end(TopicPartition partition) {
    return Long.MAX_VALUE;
  }

  /** What stands around the stage of every loop. */
  default Stage around(Stage stage) {
    return stage;
  }

  /** What is kept beside a committed offset, at most 4096 bytes. */
  default String note(TopicPartition partition) {
    return "";
  }

  /** Everything before this offset is settled, and Kafka knows. */
  default void committed(TopicPartition partition, long offset) {}
}
