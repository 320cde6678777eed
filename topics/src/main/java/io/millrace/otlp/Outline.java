package io.millrace.otlp;

/**
 * Where the items of one encoded request stand, what contains them, and which bytes of the
 * containers are their envelope: a first pass that reads tags and lengths down to the items, not
 * into them. Containers, items and envelope slices are numbered in request order; container 0 is
 * the request itself.
 */
final class Outline {

  static final int NONE = -1;
  static final int REQUEST = 0;

  // Columns of containers.
  private static final int PARENT = 0;
  private static final int START = 1;
  private static final int FIELD = 2;
  private static final int ENVELOPE_BYTES = 3;
  private static final int LAST_SLICE = 4;

  // Columns of items.
  private static final int CONTAINER = 0;
  private static final int ITEM_START = 1;
  private static final int ITEM_END = 2;

  // Columns of slices.
  private static final int SLICE_START = 0;
  private static final int SLICE_END = 1;
  private static final int PREVIOUS = 2;

  private final byte[] request;
  private final Levels levels;
  private final WireReader[] readers;
  private final WireReader itemReader;
  private final IntRows containers = new IntRows(5, 16);
  private final IntRows items = new IntRows(3, 128);
  private final IntRows slices = new IntRows(3, 32);

  private Outline(byte[] request, Levels levels) {
    this.request = request;
    this.levels = levels;
    this.readers = new WireReader[levels.lowest() + 1];
    for (int level = 0; level < readers.length; level++) {
      readers[level] = new WireReader(request, level);
    }
    this.itemReader = new WireReader(request, readers.length);
  }

  static Outline of(byte[] request, Levels levels) throws MalformedOtlp {
    Outline outline = new Outline(request, levels);
    outline.walk(outline.addContainer(NONE, 0, 0), 0, 0, request.length);
    return outline;
  }

  private void walk(int container, int level, int from, int to) throws MalformedOtlp {
    WireReader reader = readers[level].over(from, to);
    while (reader.next()) {
      if (!levels.isChild(level, reader)) {
        addSlice(container, reader.start(), reader.end());
      } else if (level == levels.lowest()) {
        addItem(container, reader.start(), reader.end());
      } else {
        int child = addContainer(container, reader.start(), reader.field());
        descend(child, level + 1, reader.from(), reader.end());
      }
    }
  }

  private void descend(int container, int level, int from, int to) throws MalformedOtlp {
    if (levels.isOneof(level)) {
      walkOneof(container, level, from, to);
    } else {
      walk(container, level, from, to);
    }
  }

  /**
   * Of the members of a oneof the last one counts, merged, as protobuf-java reads it, of all there
   * is of it. What belongs to other members is mere bytes.
   */
  private void walkOneof(int container, int level, int from, int to) throws MalformedOtlp {
    int field = lastMember(levels, readers[level], level, from, to);
    int member = NONE;
    WireReader reader = readers[level].over(from, to);
    while (reader.next()) {
      if (!levels.isChild(level, reader) || reader.field() != field) {
        addSlice(container, reader.start(), reader.end());
        continue;
      }
      if (member == NONE) {
        member = addContainer(container, reader.start(), field);
      }
      containers.set(member, START, reader.start()); // behind all other members
      walk(member, level + 1, reader.from(), reader.end());
    }
  }

  /** Field of the member of a oneof that counts; 0 if there is none. */
  static int lastMember(Levels levels, WireReader reader, int level, int from, int to)
      throws MalformedOtlp {
    int field = 0;
    reader.over(from, to);
    while (reader.next()) {
      if (levels.isChild(level, reader)) {
        field = reader.field();
      }
    }
    return field;
  }

  private int addContainer(int parent, int start, int field) {
    int row = containers.add();
    containers.set(row, PARENT, parent);
    containers.set(row, START, start);
    containers.set(row, FIELD, field);
    containers.set(row, LAST_SLICE, NONE);
    return row;
  }

  private void addItem(int container, int start, int end) {
    int row = items.add();
    items.set(row, CONTAINER, container);
    items.set(row, ITEM_START, start);
    items.set(row, ITEM_END, end);
  }

  private void addSlice(int container, int start, int end) {
    containers.set(container, ENVELOPE_BYTES, envelopeBytes(container) + end - start);
    int last = lastSlice(container);
    if (last != NONE && sliceEnd(last) == start) {
      slices.set(last, SLICE_END, end);
      return;
    }
    int row = slices.add();
    slices.set(row, SLICE_START, start);
    slices.set(row, SLICE_END, end);
    slices.set(row, PREVIOUS, last);
    containers.set(container, LAST_SLICE, row);
  }

  byte[] request() {
    return request;
  }

  Levels levels() {
    return levels;
  }

  int items() {
    return items.size();
  }

  /** The container that holds the item itself. */
  int container(int item) {
    return items.get(item, CONTAINER);
  }

  /** Offset of the item's tag. */
  int itemStart(int item) {
    return items.get(item, ITEM_START);
  }

  int itemEnd(int item) {
    return items.get(item, ITEM_END);
  }

  /** Offset of the item's first field, behind its tag and length. */
  int bodyStart(int item) {
    int at = itemStart(item);
    for (int varint = 0; varint < 2; varint++) {
      while (request[at] < 0) {
        at++;
      }
      at++;
    }
    return at;
  }

  /** At the first field of the item. There is one such reader: it lives until the next call. */
  WireReader readItem(int item) throws MalformedOtlp {
    itemReader.over(itemStart(item), itemEnd(item)).next();
    return itemReader.over(itemReader.from(), itemReader.end());
  }

  /** The resource container (ResourceSpans, ...) that a container is or lies in. */
  int resource(int container) {
    int found = container;
    while (parent(found) != REQUEST) {
      found = parent(found);
    }
    return found;
  }

  int parent(int container) {
    return containers.get(container, PARENT);
  }

  /** Offset of the container's tag. */
  int start(int container) {
    return containers.get(container, START);
  }

  int field(int container) {
    return containers.get(container, FIELD);
  }

  int envelopeBytes(int container) {
    return containers.get(container, ENVELOPE_BYTES);
  }

  /** The envelope's last slice, from which {@link #previousSlice} leads back to the first. */
  int lastSlice(int container) {
    return containers.get(container, LAST_SLICE);
  }

  int previousSlice(int slice) {
    return slices.get(slice, PREVIOUS);
  }

  /** The slices of the envelope, in request order. */
  int[] slices(int container) {
    int count = 0;
    for (int at = lastSlice(container); at != NONE; at = previousSlice(at)) {
      count++;
    }
    int[] result = new int[count];
    for (int at = lastSlice(container); at != NONE; at = previousSlice(at)) {
      result[--count] = at;
    }
    return result;
  }

  int sliceStart(int slice) {
    return slices.get(slice, SLICE_START);
  }

  int sliceEnd(int slice) {
    return slices.get(slice, SLICE_END);
  }
}
