package io.millrace.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class HeldTest {

  private final byte[] value = new byte[1000];
  private final ConsumerRecord<byte[], byte[]> record = record();

  @Test
  void shouldHoldNothingOfARecordButWhatIsDeliveredOfIt() {
    Held held = new Held(record, new Staged(new byte[10], 1, 9));

    assertThat(held.record.value()).isNull();
    assertThat(held.bytes()).isEqualTo(10);
  }

  @Test
  void shouldHoldAValueOnceThatIsDeliveredAsItIs() {
    Held held = new Held(record, new Staged(value, 10, 0));

    assertThat(held.value).isSameAs(value);
    assertThat(held.bytes()).isEqualTo(1000);
  }

  @Test
  void shouldKnowKeyHeadersAndOriginWithoutTheValue() {
    Held held = new Held(record, new Staged(new byte[10], 1, 9));

    assertThat(held.record.topic()).isEqualTo("t");
    assertThat(held.record.partition()).isEqualTo(3);
    assertThat(held.record.offset()).isEqualTo(42);
    assertThat(held.record.timestamp()).isEqualTo(7000);
    assertThat(held.record.key()).isEqualTo(new byte[] {1, 2});
    assertThat(held.record.headers().lastHeader("name").value()).isEqualTo("value".getBytes(UTF_8));
  }

  /** Headers as the consumer makes them: views of the bytes of the whole record. */
  @Test
  void shouldNotKeepTheBytesThatHeadersWereReadFrom() {
    ByteBuffer all = ByteBuffer.wrap("namevalue".getBytes(UTF_8));
    record.headers().remove("name");
    record.headers().add(new RecordHeader(all.slice(0, 4), all.slice(4, 5)));

    Held held = new Held(record, new Staged(new byte[10], 1, 9));
    all.put(0, new byte[9]);

    assertThat(held.record.headers().lastHeader("name").value()).isEqualTo("value".getBytes(UTF_8));
  }

  private ConsumerRecord<byte[], byte[]> record() {
    return new ConsumerRecord<>(
        "t",
        3,
        42,
        7000,
        TimestampType.LOG_APPEND_TIME,
        2,
        value.length,
        new byte[] {1, 2},
        value,
        new RecordHeaders().add("name", "value".getBytes(UTF_8)),
        Optional.empty());
  }
}
