package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class RenewableProducerTest {

  private static final Callback NOBODY = (metadata, failure) -> {};

  private final List<MockProducer<byte[], byte[]>> made = new ArrayList<>();
  private final RenewableProducer producer = new RenewableProducer(this::make);

  @Test
  void shouldKeepAProducerThatWorks() {
    var unused = producer.send(record(), NOBODY);
    producer.renewIfBroken();
    assertThat(made).hasSize(1);
    assertThat(made.get(0).closed()).isFalse();
  }

  @Test
  void shouldReplaceAProducerThatThrows() {
    // Given
    made.get(0).sendException = new KafkaException("in an error state");
    assertThatThrownBy(() -> producer.send(record(), NOBODY)).hasMessage("in an error state");
    assertThat(made).hasSize(1);

    // When
    producer.renewIfBroken();
    producer.renewIfBroken();

    // Then
    assertThat(made).hasSize(2);
    assertThat(made.get(0).closed()).isTrue();
    var unused = producer.send(record(), NOBODY);
    assertThat(made.get(1).history()).hasSize(1);
  }

  @Test
  void shouldReplaceAProducerWhoseCredentialsWereRefused() {
    producer.distrust(new SaslAuthenticationException("no such user"));
    producer.renewIfBroken();
    assertThat(made).hasSize(2);
    producer.close(Duration.ZERO);
    assertThat(made.get(1).closed()).isTrue();
  }

  private Producer<byte[], byte[]> make() {
    made.add(new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()));
    return made.get(made.size() - 1);
  }

  private static ProducerRecord<byte[], byte[]> record() {
    return new ProducerRecord<>("topic", new byte[1]);
  }
}
