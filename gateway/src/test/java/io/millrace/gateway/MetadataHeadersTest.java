package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class MetadataHeadersTest {

  private final AtomicInteger omitted = new AtomicInteger();

  @Test
  void shouldCopyWhatIsListedAndNothingElse() {
    RequestHeaders request =
        request("X-Region", "eu", "x-region", "us", "User-Agent", "sdk", "Authorization", "secret");
    assertThat(copy(request, "x-region", "user-agent", "x-absent"))
        .containsExactly("x-region=eu", "x-region=us", "user-agent=sdk");
    assertThat(omitted).hasValue(0);
  }

  @Test
  void shouldLeaveOutWhatDoesNotFitAndCountIt() {
    int most = MetadataHeaders.MAX_BYTES - 1; // of the value of a name of one letter
    RequestHeaders request =
        request("a", "v".repeat(most + 1), "b", "v".repeat(most - 2), "c", "v", "d", "");
    assertThat(copy(request, "a", "b", "c", "d"))
        .containsExactly("b=" + "v".repeat(most - 2), "c=v");
    assertThat(omitted).hasValue(2);
    assertThat(copy(request("a", "v".repeat(most)), "a")).hasSize(1);
    assertThat(omitted).hasValue(2);
  }

  private static RequestHeaders request(String... namesAndValues) {
    var request = RequestHeaders.builder(HttpMethod.POST, "/v1/traces");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      request.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return request.build();
  }

  private List<String> copy(RequestHeaders request, String... names) {
    Headers record = new RecordHeaders();
    new MetadataHeaders(List.of(names), omitted::incrementAndGet).copy(request, record);
    return Arrays.stream(record.toArray())
        .map(header -> header.key() + "=" + new String(header.value(), US_ASCII))
        .toList();
  }
}
