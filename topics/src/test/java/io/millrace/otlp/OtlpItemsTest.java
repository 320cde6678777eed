package io.millrace.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OtlpItemsTest {

  @ParameterizedTest
  @EnumSource(Signal.class)
  void shouldCopyAnyRunOfItemsWithWhatContainsThem(Signal signal) throws Exception {
    for (int seed = 0; seed < 60; seed++) {
      // Given
      Message whole = new OtlpGenerator(seed).request(signal);
      byte[] bytes = whole.toByteArray();
      List<Message> items = SplitOracle.singles(whole);
      assertThat(OtlpItems.count(signal, bytes)).isEqualTo(items.size());
      // When cut into runs at random
      Random random = new Random(seed);
      List<Message> cut = new ArrayList<>();
      for (int from = 0; from < items.size(); ) {
        int to = from + 1 + random.nextInt(items.size() - from);
        Message run =
            SplitOracle.parse(signal, OtlpItems.slice(signal, bytes, from, to)).orElseThrow();
        assertThat(SplitOracle.singles(run)).isEqualTo(items.subList(from, to));
        cut.addAll(SplitOracle.singles(run));
        from = to;
      }
      // Then
      assertThat(cut).isEqualTo(items);
    }
  }

  @Test
  void shouldNotCopyTheWhole() throws Exception {
    byte[] request = new OtlpGenerator(3).logs(3).toByteArray();
    int items = OtlpItems.count(Signal.LOGS, request);
    assertThat(items).isPositive();
    assertThat(OtlpItems.slice(Signal.LOGS, request, 0, items)).isSameAs(request);
    assertThatThrownBy(() -> OtlpItems.slice(Signal.LOGS, request, 0, items + 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
