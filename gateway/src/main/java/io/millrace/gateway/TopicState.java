package io.millrace.gateway;

/** What is known of a signal's topic. */
sealed interface TopicState {

  /**
   * Records can be sent.
   *
   * @param partitions as Kafka has them, which may be more than configured
   * @param maxRecordBytes upper bound of a record's value
   */
  record Writable(int partitions, int maxRecordBytes) implements TopicState {}

  /**
   * Records cannot be sent now.
   *
   * @param why one line for {@code /ready}, the log and the refused client
   */
  record Unwritable(String why) implements TopicState {}
}
