package io.millrace.gateway;

import com.linecorp.armeria.common.MediaType;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpJson;
import io.millrace.otlp.Signal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an export request is written; it is answered in the same encoding. */
enum Encoding {
  PROTOBUF(MediaType.create("application", "x-protobuf")),
  JSON(MediaType.JSON);

  private final MediaType mediaType;

  Encoding(MediaType mediaType) {
    this.mediaType = mediaType;
  }

  /** Of a {@code Content-Type}; parameters such as the character set change nothing. */
  static Optional<Encoding> of(@Nullable MediaType contentType) {
    if (contentType == null) {
      return Optional.empty();
    }
    for (Encoding encoding : values()) {
      if (contentType.withoutParameters().is(encoding.mediaType)) {
        return Optional.of(encoding);
      }
    }
    return Optional.empty();
  }

  MediaType mediaType() {
    return mediaType;
  }

  /** The request as Kafka shall hold it. */
  byte[] toProtobuf(Signal signal, byte[] body) throws MalformedOtlp {
    return this == JSON ? OtlpJson.toProtobuf(signal, body) : body;
  }
}
