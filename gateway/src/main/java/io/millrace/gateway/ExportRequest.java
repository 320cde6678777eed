package io.millrace.gateway;

import com.linecorp.armeria.common.RequestHeaders;
import io.millrace.otlp.Signal;
import org.jspecify.annotations.Nullable;

/**
 * One export request, received whole and decompressed.
 *
 * @param body owned by the receiver
 * @param tenant as {@link Access} has it; null if there is none
 * @param headers as the client sent them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; copying it would cost the hot path
record ExportRequest(
    Signal signal,
    Transport transport,
    Encoding encoding,
    byte[] body,
    @Nullable String tenant,
    RequestHeaders headers) {

  /** By which protocol it came; a metric label. */
  enum Transport {
    GRPC,
    HTTP
  }
}
