package io.millrace.traces;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.delivery.Extent;
import io.millrace.delivery.Stage;
import io.millrace.otlp.Signal;
import io.millrace.processor.Processor;
import io.millrace.topics.KafkaConfig;
import io.millrace.traces.policy.TailSamplingConfig;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers the traces that the configured policies keep; without policies, every trace. */
public final class TracesProcessor {

  private static final Logger log = LoggerFactory.getLogger(TracesProcessor.class);

  private TracesProcessor() {}

  /** Starts it with policies that stay as they are. */
  public static Role start(TracesConfig config, MeterRegistry registry) {
    return start(config, registry, () -> config);
  }

  /** Delivers a part of the topic only. */
  public static Role start(TracesConfig config, Extent extent, MeterRegistry registry) {
    return start(config, extent, registry, () -> config);
  }

  /**
   * @param reread gives the configuration as it is now; policies that have changed are taken over
   */
  public static Role start(
      TracesConfig config, MeterRegistry registry, Supplier<TracesConfig> reread) {
    return start(config, Extent.LIVE, registry, reread);
  }

  private static Role start(
      TracesConfig config, Extent extent, MeterRegistry registry, Supplier<TracesConfig> reread) {
    TailSamplingConfig sampling = config.traces().sampling();
    sampling.notes().forEach(note -> log.warn("policies: {}", note));
    if (sampling.policies().isEmpty()) {
      log.info("no traces.tail_sampling, no traces.adaptive_tail_sampling: every trace is kept");
    }
    // A loop that starts over goes on counting where the one before it stopped.
    Map<String, SamplingMeters> meters = new ConcurrentHashMap<>();
    PolicySource source = new PolicySource(config, reread, meters.values());
    Role processor =
        Processor.start(
            Signal.TRACES,
            config.kafka(),
            config.topics().of(Signal.TRACES),
            config.traces().processor(),
            new Processor.Parts(
                destination ->
                    sampling.policies().isEmpty()
                        ? Stage.passThrough(Signal.TRACES)
                        : sampler(
                            config,
                            destination,
                            meters.computeIfAbsent(
                                destination, name -> new SamplingMeters(name, registry)),
                            source),
                name -> Processor.open(Signal.TRACES, config.traces().processor(), name),
                extent),
            registry);
    return new Rereading(processor, source.start());
  }

  private record Rereading(Role processor, PolicySource source) implements Role {

    @Override
    public Optional<String> unready() {
      return processor.unready();
    }

    @Override
    public void close() {
      source.close();
      processor.close();
    }
  }

  private static Stage sampler(
      TracesConfig config, String destination, SamplingMeters meters, PolicySource source) {
    TracesSection section = config.traces();
    TailSamplingConfig sampling = source.current();
    SpanAnnotations annotations = new SpanAnnotations(section.annotate(), meters);
    String group = section.delivery().group(Signal.TRACES, destination);
    DecidingReader reader =
        new DecidingReader(
            consumer(config.kafka(), group + "-decider"),
            new DecidingReader.Settings(
                source.decider(sampling), section.memoryBytes(), section.clockGrace()),
            () -> new PolicyVerdicts(sampling, meters, annotations),
            meters,
            Clock.systemUTC());
    return new Sampler(reader, meters, annotations, sampling, source);
  }

  /**
   * A reader without a group: it goes where the forwarder's partitions are. What it reads is looked
   * at once, so it need not be copied out of what was fetched.
   */
  private static KafkaConsumer<byte[], ByteBuffer> consumer(KafkaConfig kafka, String clientId) {
    Map<String, Object> properties = kafka.clientProperties(clientId);
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("isolation.level", "read_committed");
    properties.putIfAbsent("max.poll.records", 16);
    properties.putIfAbsent("fetch.max.bytes", 2 << 20);
    properties.putIfAbsent("default.api.timeout.ms", 10_000);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteBufferDeserializer());
  }
}
