package io.millrace.otlp;

/** Gives each item of a request its partition, or refuses it. Holds no state. */
interface Partitioning {

  /** Stands for the partition of an item that is refused. */
  int REFUSED = -1;

  /**
   * @param result what is found: the partition of each item
   */
  void assign(Outline outline, int partitions, int[] result, Refusals refusals)
      throws MalformedOtlp;
}
