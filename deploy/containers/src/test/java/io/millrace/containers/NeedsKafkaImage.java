package io.millrace.containers;

import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Skips all tests of this module, and says why once, where Kafka's image cannot be had. */
public final class NeedsKafkaImage implements ExecutionCondition {

  private static final Logger log = LoggerFactory.getLogger(NeedsKafkaImage.class);

  /** Looked for once in a run. */
  private static final class Image {

    private static final Optional<String> MISSING = DockerImage.missing(KafkaInContainer.IMAGE);

    static {
      MISSING.ifPresent(why -> log.warn("containers: SKIPPED, not one case runs: {}", why));
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Image.MISSING
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled(KafkaInContainer.IMAGE));
  }
}
