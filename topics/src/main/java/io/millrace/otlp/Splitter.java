package io.millrace.otlp;

/**
 * Cuts one OTLP export request into Kafka record values, at most one per partition unless the size
 * limit asks for more. Implementations hold no state; any thread.
 */
public interface Splitter {

  /**
   * @param request an encoded Export*ServiceRequest
   * @param partitions number of partitions of the topic, at least 1
   * @param maxRecordBytes upper bound of one piece's value
   * @throws MalformedOtlp if the request cannot be walked; then nothing of it may be stored
   */
  Split split(byte[] request, int partitions, int maxRecordBytes) throws MalformedOtlp;
}
