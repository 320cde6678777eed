package io.millrace.destination;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.delivery.DeadReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalReasonsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # Loki
          OUT_OF_ORDER   | entry too far behind, entry timestamp is: 2026-11-21T10:00:00Z, oldest acceptable timestamp is: 2026-11-21T11:00:00Z
          OUT_OF_ORDER   | entry with timestamp 2026-11-21 10:00:00 ignored, reason: 'entry out of order', user 'acme'
          TOO_OLD        | entry for stream '{app="too"}' has timestamp too old: 2026-11-01T10:00:00Z, oldest acceptable timestamp is: 2026-11-14T10:00:00Z
          TOO_NEW        | entry for stream '{app="a"}' has timestamp too new: 2027-11-21T10:00:00Z
          TOO_LARGE      | Max entry size '262144' bytes exceeded for stream '{app="a"}' while adding an entry with length '300000' bytes
          TOO_LARGE      | stream '{app="a"}' has structured metadata too large: '70000' bytes, limit: '65536' bytes
          INVALID_LABELS | stream '{app="a"}' has structured metadata too many: '200', limit: '128'
          INVALID_LABELS | entry for stream '{app="a"}' has 20 label names; limit 15
          INVALID_LABELS | stream '{app="a"}' has label value too long: 'x'
          INVALID_LABELS | error at least one label pair is required per stream
          LIMIT_EXCEEDED | Maximum active stream limit exceeded when trying to create stream {app="a"}
          # Mimir
          OUT_OF_ORDER   | the sample has been rejected because another sample with a more recent timestamp has already been ingested and out-of-order samples are not allowed (err-mimir-sample-out-of-order)
          TOO_OLD        | the sample has been rejected because its timestamp is too old (err-mimir-sample-timestamp-too-old)
          TOO_NEW        | received a sample whose timestamp is too far in the future (err-mimir-too-far-in-future)
          DUPLICATE      | the sample has been rejected because another sample with the same timestamp, but a different value, has already been ingested (err-mimir-sample-duplicate-timestamp)
          LIMIT_EXCEEDED | per-user series limit of 150000 exceeded (err-mimir-max-series-per-user)
          INVALID_LABELS | received a series whose number of labels exceeds the limit (err-mimir-max-label-names-per-series)
          INVALID_LABELS | received a series with invalid metric name (err-mimir-metric-name-invalid)
          # Prometheus, Thanos
          OUT_OF_ORDER   | out of order sample
          TOO_OLD        | out of bounds
          TOO_OLD        | too old sample
          DUPLICATE      | duplicate sample for timestamp
          OUT_OF_ORDER   | store locally for endpoint 127.0.0.1:19391: add 1 samples: out of order sample
          DUPLICATE      | add 1 samples: duplicate sample for timestamp
          # Tempo
          TOO_LARGE      | TRACE_TOO_LARGE: max size of trace (5000000) exceeded while adding 44 bytes to trace a for tenant acme
          # no known words
          REFUSED        | bad span
          """)
  void shouldKnowTheWordsOfBackends(DeadReason reason, String message) {
    assertThat(RefusalReasons.of(message, DeadReason.REFUSED)).isEqualTo(reason);
  }

  @Test
  void shouldKeepWhatTheStatusSaysWhereNoWordsAreKnown() {
    assertThat(RefusalReasons.of("", DeadReason.TOO_LARGE)).isEqualTo(DeadReason.TOO_LARGE);
  }
}
