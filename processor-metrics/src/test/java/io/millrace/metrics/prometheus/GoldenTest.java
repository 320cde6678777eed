package io.millrace.metrics.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Our conversion against what Prometheus's own OTLP endpoint made of the same OTLP. The expected
 * files are Prometheus's answers, see {@link PrometheusOracleIT}.
 */
class GoldenTest {

  static final long BASE_MILLIS = 1_700_000_000_000L;

  @TestFactory
  List<DynamicTest> shouldConvertAsPrometheusDoes() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenCase.all()) {
      for (TranslationStrategy strategy : TranslationStrategy.values()) {
        String name = golden.name() + " " + strategy.id();
        tests.add(dynamicTest(name, () -> shouldEqual(golden, strategy)));
      }
    }
    return tests;
  }

  private static void shouldEqual(GoldenCase golden, TranslationStrategy strategy)
      throws Exception {
    // Given
    Conversion conversion =
        new Conversion(
            golden.config(strategy), Map.of(), Map.of(), SeriesLabels.UNCHANGED, new TargetTimes());

    // When
    conversion.start("");
    conversion.add(golden.otlp(BASE_MILLIS));

    // Then
    String expected = Files.readString(golden.expected(strategy));
    assertThat(received(conversion, new WriteRequestV1())).isEqualTo(expected);
    assertThat(received(conversion, new WriteRequestV2())).isEqualTo(expected);
    for (Unconvertible reason : Unconvertible.values()) {
      assertThat(conversion.unconvertible(reason)).as(reason.id()).isZero();
    }
  }

  private static String received(Conversion conversion, WriteRequest version) throws IOException {
    WireBuffer out = new WireBuffer(1024);
    version.write(conversion.table(), conversion, conversion.families(), out);
    byte[] bytes = out.toByteArray(0, out.size());
    ReceivedRequest request =
        version instanceof WriteRequestV2 ? ReceivedRequest.v2(bytes) : ReceivedRequest.v1(bytes);
    return withoutStale(request).text(BASE_MILLIS).toString();
  }

  /** Prometheus does not show stale markers. */
  private static ReceivedRequest withoutStale(ReceivedRequest request) {
    for (ReceivedRequest.Series series : request.series) {
      series.samples.removeIf(
          sample -> Double.doubleToRawLongBits(sample.value()) == DataPoint.STALE);
      series.histograms.removeIf(ReceivedHistogram::isStale);
    }
    return request;
  }
}
