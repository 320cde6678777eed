package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Status;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server finds wrong by itself. */
class HttpErrorsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final HttpErrors errors =
      new HttpErrors(new GatewayMetrics(registry, new Admission(1), Set.of()));

  @ParameterizedTest
  @CsvSource({
    "413, TOO_LARGE",
    "408, INCOMPLETE",
    "503, STOPPING",
    "400, MALFORMED",
    "500, INTERNAL",
  })
  void shouldFollowTheContract(int status, Refusal expected) throws Exception {
    AggregatedHttpResponse answer = render(status, "/v1/logs", "application/x-protobuf");

    assertThat(answer.status().code()).isEqualTo(expected.httpStatus());
    assertThat(answer.headers().get(HttpHeaderNames.CONTENT_TYPE))
        .isEqualTo("application/x-protobuf");
    assertThat(answer.headers().contains(HttpHeaderNames.RETRY_AFTER))
        .isEqualTo(expected.delay().isPresent());
    assertThat(Status.parseFrom(answer.content().array()).getCode())
        .isEqualTo(expected.code().value());
    assertThat(
            registry
                .get("millrace.gateway.refused.requests")
                .tags("signal", "logs", "reason", expected.id())
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void shouldAnswerJsonWithJson() {
    AggregatedHttpResponse answer = render(413, "/v1/traces", "application/json");
    assertThat(answer.content(UTF_8)).startsWith("{\"code\":8,\"message\":\"request: too large");
  }

  @Test
  void shouldLeaveWhatIsNotOtlpToTheServer() {
    assertThat(render(413, "/v1/trace", "application/json")).isNull();
    assertThat(render(413, "/v1/traces", "text/plain")).isNull();
    assertThat(errors.renderStatus(null, null, null, HttpStatus.BAD_REQUEST, null, null)).isNull();
  }

  private AggregatedHttpResponse render(int status, String path, String contentType) {
    var headers =
        RequestHeaders.of(HttpMethod.POST, path, HttpHeaderNames.CONTENT_TYPE, contentType);
    return errors.renderStatus(null, null, headers, HttpStatus.valueOf(status), null, null);
  }
}
