package io.millrace.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.Split.Piece;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PartitionKeyTest {

  /** One line of {@code collector-keys.tsv}; the file says how it was made. */
  record Vector(String kind, String name, byte[] request, String key, List<Integer> partitions) {

    static Vector of(String line) {
      String[] columns = line.split("\t");
      return new Vector(
          columns[0],
          columns[1],
          HexFormat.of().parseHex(columns[2]),
          columns[3],
          Stream.of(columns[4].split(",")).map(Integer::valueOf).toList());
    }

    @Override
    public String toString() {
      return kind + " " + name;
    }
  }

  static List<Vector> vectors() throws IOException {
    try (InputStream in = PartitionKeyTest.class.getResourceAsStream("collector-keys.tsv")) {
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(Vector::of)
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void shouldGiveTheKeyTheCollectorGives(Vector vector) throws MalformedOtlp {
    assertThat(HexFormat.of().formatHex(key(vector))).isEqualTo(vector.key());
  }

  private static byte[] key(Vector vector) throws MalformedOtlp {
    if (vector.kind().equals("resource")) {
      Outline outline = Outline.of(vector.request(), Levels.METRICS);
      int resource = outline.resource(outline.container(0));
      return PartitionKey.attributes(vector.request(), Attribute.ofResource(outline, resource), 2);
    }
    WireReader span = Outline.of(vector.request(), Levels.TRACES).readItem(0);
    while (span.next() && span.field() != 1) {
      assertThat(span.field()).isNotZero();
    }
    byte[] key = PartitionKey.newTraceIdKey();
    PartitionKey.traceId(vector.request(), span.from(), key);
    return key;
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void shouldChooseThePartitionTheCollectorChooses(Vector vector) throws MalformedOtlp {
    List<Integer> chosen =
        List.of(
            partition(vector, Hasher.MURMUR2, 12),
            partition(vector, Hasher.MURMUR2, 1000),
            partition(vector, Hasher.FNV_1A, 12),
            partition(vector, Hasher.FNV_1A, 1000));

    assertThat(chosen).isEqualTo(vector.partitions());
  }

  private static int partition(Vector vector, Hasher hasher, int partitions) throws MalformedOtlp {
    Splitter splitter =
        vector.kind().equals("resource") ? Splitters.metrics(hasher) : Splitters.traces(hasher);
    List<Piece> pieces = splitter.split(vector.request(), partitions, 1 << 20).pieces();
    assertThat(pieces).hasSize(1);
    return pieces.get(0).partition();
  }

  @Test
  void shouldHashAsXxHashDoes() {
    Random random = new Random(1);
    for (int length = 0; length < 300; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);

      assertThat(Xxh64.hash(bytes, length))
          .isEqualTo(XXHashFactory.safeInstance().hash64().hash(bytes, 0, length, 0));
      int from = length / 3;
      long seed = random.nextLong();
      assertThat(Xxh64.hash(bytes, from, length, seed))
          .isEqualTo(XXHashFactory.safeInstance().hash64().hash(bytes, from, length - from, seed));
    }
  }
}
