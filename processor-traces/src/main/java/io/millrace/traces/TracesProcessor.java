package io.millrace.traces;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.delivery.Stage;
import io.millrace.otlp.Signal;
import io.millrace.processor.Processor;
import io.millrace.topics.KafkaConfig;
import io.millrace.traces.policy.PolicySet;
import io.millrace.traces.policy.TailSamplingConfig;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers the traces that the configured policies keep; without policies, every trace. */
public final class TracesProcessor {

  private static final Logger log = LoggerFactory.getLogger(TracesProcessor.class);

  private TracesProcessor() {}

  public static Role start(TracesConfig config, MeterRegistry registry) {
    TailSamplingConfig sampling = config.traces().sampling();
    sampling.notes().forEach(note -> log.warn("traces.tail_sampling.{}", note));
    if (sampling.policies().isEmpty()) {
      log.info("traces.tail_sampling has no policies: every trace is kept");
    }
    // A loop that starts over goes on counting where the one before it stopped.
    Map<String, SamplingMeters> meters = new ConcurrentHashMap<>();
    return Processor.start(
        Signal.TRACES,
        config.kafka(),
        config.topics().of(Signal.TRACES),
        config.traces().processor(),
        destination ->
            sampling.policies().isEmpty()
                ? Stage.passThrough(Signal.TRACES)
                : sampler(
                    config,
                    sampling,
                    destination,
                    meters.computeIfAbsent(
                        destination, name -> new SamplingMeters(sampling, name, registry))),
        registry);
  }

  private static Stage sampler(
      TracesConfig config, TailSamplingConfig sampling, String destination, SamplingMeters meters) {
    TracesSection section = config.traces();
    DecidingReader.Settings settings =
        new DecidingReader.Settings(
            new PartitionDecider.Settings(
                sampling.decisionWait().toMillis(),
                sampling.decisionWaitAfterRootReceived().toMillis(),
                section.lookBack().toMillis()),
            section.memoryBytes(),
            section.clockGrace());
    String group = section.delivery().group(Signal.TRACES, destination);
    DecidingReader reader =
        new DecidingReader(
            consumer(config.kafka(), group + "-decider"),
            settings,
            () -> new PolicyVerdicts(PolicySet.compile(sampling), meters),
            meters,
            Clock.systemUTC());
    return new Sampler(reader, meters);
  }

  /** A reader without a group: it goes where the forwarder's partitions are. */
  private static KafkaConsumer<byte[], byte[]> consumer(KafkaConfig kafka, String clientId) {
    Map<String, Object> properties = kafka.clientProperties(clientId);
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("isolation.level", "read_committed");
    properties.putIfAbsent("max.poll.records", 100);
    properties.putIfAbsent("fetch.max.bytes", 8 << 20);
    properties.putIfAbsent("default.api.timeout.ms", 10_000);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
