package io.millrace.processing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.delivery.Stage;
import io.millrace.delivery.Staged;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Any bytes: a request whose items are counted, or {@link MalformedOtlp}. */
class ProcessingFuzzTest {

  private static final Signal[] SIGNALS = Signal.values();

  @FuzzTest(maxDuration = "2m")
  void shouldProcessWhatCanBeRead(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Signal signal = SIGNALS[(input[0] & 0xff) % SIGNALS.length];
    byte[] request = Arrays.copyOfRange(input, 1, input.length);
    Stage stage =
        Processing.after(
            Stage.passThrough(signal),
            signal,
            new ProcessingConfig(rules(), ProcessingConfig.Letters.ORIGINAL),
            "backend",
            new SimpleMeterRegistry());
    ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("t", 0, 0, null, request);
    try {
      Staged staged = stage.apply(record);
      int dropped = staged.dropped().values().stream().mapToInt(Integer::intValue).sum();
      assertThat(staged.items() + dropped).isEqualTo(OtlpItems.count(signal, request));
      assertThat(OtlpItems.count(signal, staged.value())).isEqualTo(staged.items());
      assertThat(OtlpItems.count(signal, staged.letters())).isEqualTo(staged.items());
    } catch (MalformedOtlp e) {
      assertThat(stage.letter(record)).hasSameSizeAs(request);
    }
  }

  private static List<RuleConfig> rules() {
    return List.of(
        rule("drop", Optional.of("resource.attributes[\"a\"] == \"b\""), Optional.empty()),
        new RuleConfig(
            "set",
            Optional.of(RuleConfig.Place.RESOURCE),
            Optional.empty(),
            Map.of("k", JsonNodeFactory.instance.textNode("v")),
            Map.of(),
            List.of("x"),
            Map.of("y", "z"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        rule(
            "redact",
            Optional.empty(),
            Optional.of(
                new RedactConfig(
                    List.of(NamedPattern.values()), List.of("s[a-z]+t"), Optional.empty()))));
  }

  private static RuleConfig rule(
      String name, Optional<String> drop, Optional<RedactConfig> redact) {
    return new RuleConfig(
        name,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        List.of(),
        Map.of(),
        drop,
        Optional.empty(),
        redact,
        Optional.empty());
  }
}
