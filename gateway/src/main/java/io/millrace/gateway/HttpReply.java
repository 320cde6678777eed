package io.millrace.gateway;

import static java.util.stream.Collectors.joining;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import io.millrace.gateway.Answer.Accepted;
import io.millrace.gateway.Answer.Refused;
import io.millrace.otlp.Signal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers of OTLP/HTTP. What is wrong with an OTLP request is said in a {@code google.rpc.Status}
 * of the request's own encoding; what is no OTLP request gets plain text, for the person who made
 * it.
 */
final class HttpReply {

  private static final String PATHS =
      Arrays.stream(Signal.values()).map(Signal::httpPath).collect(joining(", "));

  private HttpReply() {}

  /**
   * @param gzip whether the client takes it
   */
  static HttpResponse of(Signal signal, Encoding encoding, Answer answer, boolean gzip) {
    return answer instanceof Refused refused
        ? of(refusedHeaders(encoding, refused), ExportResponse.encode(encoding, refused), gzip)
        : of(
            ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, encoding.mediaType()),
            ExportResponse.encode(signal, encoding, (Accepted) answer),
            gzip);
  }

  private static HttpResponse of(ResponseHeaders headers, byte[] body, boolean gzip) {
    if (body.length < ResponseEncoding.LEAST_BYTES) {
      return HttpResponse.of(headers, HttpData.wrap(body));
    }
    var varied = headers.toBuilder().add(HttpHeaderNames.VARY, "accept-encoding");
    if (!gzip) {
      return HttpResponse.of(varied.build(), HttpData.wrap(body));
    }
    varied.set(HttpHeaderNames.CONTENT_ENCODING, "gzip");
    return HttpResponse.of(varied.build(), HttpData.wrap(ResponseEncoding.gzip(body)));
  }

  static ResponseHeaders refusedHeaders(Encoding encoding, Refused refused) {
    var headers = ResponseHeaders.builder(HttpStatus.valueOf(refused.reason().httpStatus()));
    headers.add(HttpHeaderNames.CONTENT_TYPE, encoding.mediaType());
    if (refused.reason() == Refusal.UNAUTHENTICATED) {
      headers.add(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    refused
        .delay()
        .ifPresent(delay -> headers.addLong(HttpHeaderNames.RETRY_AFTER, delay.toSeconds()));
    return headers.build();
  }

  static HttpResponse methodNotAllowed(HttpMethod method) {
    return HttpResponse.of(
        ResponseHeaders.of(
            HttpStatus.METHOD_NOT_ALLOWED,
            HttpHeaderNames.ALLOW,
            "POST",
            HttpHeaderNames.CONTENT_TYPE,
            MediaType.PLAIN_TEXT_UTF_8.toString()),
        HttpData.ofUtf8("method: " + method + " (expected: POST)\n"));
  }

  static HttpResponse unsupportedContentType(@Nullable String found) {
    return plain(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE,
        "Content-Type: %s (expected: application/x-protobuf or application/json)\n"
            .formatted(found == null ? "none" : found));
  }

  static HttpResponse unknownPath(String path) {
    return plain(HttpStatus.NOT_FOUND, "path: %s (expected: one of %s)\n".formatted(path, PATHS));
  }

  private static HttpResponse plain(HttpStatus status, String text) {
    return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, text);
  }
}
