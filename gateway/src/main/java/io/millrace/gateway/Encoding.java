package io.millrace.gateway;

import com.linecorp.armeria.common.MediaType;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpJson;
import io.millrace.otlp.Signal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an export request is written; it is answered in the same encoding. */
enum Encoding {
  PROTOBUF("application/x-protobuf"),
  JSON("application/json");

  private final String mediaType;

  Encoding(String mediaType) {
    this.mediaType = mediaType;
  }

  /** Of a {@code Content-Type}; parameters such as the character set change nothing. */
  static Optional<Encoding> of(@Nullable MediaType contentType) {
    if (contentType == null) {
      return Optional.empty();
    }
    for (Encoding encoding : values()) {
      if (encoding.mediaType.equals(contentType.type() + "/" + contentType.subtype())) {
        return Optional.of(encoding);
      }
    }
    return Optional.empty();
  }

  /** The {@code Content-Type} of an answer. */
  String mediaType() {
    return mediaType;
  }

  /** The request as Kafka shall hold it. */
  byte[] toProtobuf(Signal signal, byte[] body) throws MalformedOtlp {
    return this == JSON ? OtlpJson.toProtobuf(signal, body) : body;
  }
}
