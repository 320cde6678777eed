package io.millrace.otlp;

/** All items of resources with equal attributes to one partition. */
final class ByResource implements Partitioning {

  /** Depth of the Resource message. */
  private static final int RESOURCE_DEPTH = 2;

  private final Hasher hasher;

  ByResource(Hasher hasher) {
    this.hasher = hasher;
  }

  @Override
  public void assign(Outline outline, int partitions, int[] result, Refusals refusals)
      throws MalformedOtlp {
    int container = Outline.NONE;
    int resource = Outline.NONE;
    int partition = 0;
    for (int item = 0; item < result.length; item++) {
      if (outline.container(item) != container) {
        container = outline.container(item);
        int next = outline.resource(container);
        if (next != resource) {
          resource = next;
          partition = partition(outline, resource, partitions);
        }
      }
      result[item] = partition;
    }
  }

  private int partition(Outline outline, int resource, int partitions) throws MalformedOtlp {
    byte[] key =
        PartitionKey.attributes(
            outline.request(), Attribute.ofResource(outline, resource), RESOURCE_DEPTH);
    return hasher.partition(key, partitions);
  }
}
