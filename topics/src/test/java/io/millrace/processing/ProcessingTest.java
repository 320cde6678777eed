package io.millrace.processing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.delivery.Stage;
import io.millrace.delivery.Staged;
import io.millrace.otlp.OtlpGenerator;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import io.millrace.processing.ProcessingConfig.Letters;
import io.millrace.processing.RuleConfig.Place;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random requests, unknown fields among them, against the same done to protobuf-java's objects. */
class ProcessingTest {

  private static final int SEEDS = 60;
  private static final String[] SECRETS = {
    "card 4111 1111 1111 1111",
    "Bearer abc.def",
    "a@example.com",
    "10.0.0.1",
    "fe80::1",
    "secret-x",
    "plain",
    "é"
  };
  private static final RedactConfig ALL_PATTERNS =
      new RedactConfig(
          List.of(NamedPattern.values()), List.of("secret-[a-z]+"), Optional.of("[gone]"));

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void shouldBeTheStageItselfWithoutRules() {
    Stage before = Stage.passThrough(Signal.LOGS);
    assertThat(Processing.after(before, Signal.LOGS, ProcessingConfig.DEFAULT, "backend", registry))
        .isSameAs(before);
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void shouldPassOnTheSameArrayWhereNothingMatches(Signal signal) throws Exception {
    RuleConfig[] rules = {
      redact(new RedactConfig(List.of(), List.of("nowhere to be found"), Optional.empty())),
      drop("resource.attributes[\"no such\"] == \"x\""),
      attributes(Optional.empty(), Map.of(), Map.of(), List.of("no such"), Map.of("nor", "this")),
      truncate(10_000)
    };
    for (int seed = 0; seed < 20; seed++) {
      byte[] value = request(signal, seed).toByteArray();
      Staged staged = process(signal, value, Letters.PROCESSED, rules);
      assertThat(staged.value()).isSameAs(value);
      assertThat(staged.letters()).isSameAs(value);
      assertThat(staged.dropped()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void shouldRedactEveryTextAtAnyDepth(Signal signal) throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      Message request = withSecrets(request(signal, seed), seed);
      Message processed = processed(signal, request, Letters.PROCESSED, redact(ALL_PATTERNS));
      assertThat(processed).isEqualTo(texts(request, ProcessingTest::reference));
      assertThat(processed)
          .as("nothing that matches is left")
          .isEqualTo(texts(processed, ProcessingTest::reference));
    }
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void shouldRedactInOnePlaceOnly(Signal signal) throws Exception {
    RuleConfig rule =
        new RuleConfig(
            "redact",
            Optional.of(Place.RESOURCE),
            Optional.empty(),
            Map.of(),
            Map.of(),
            List.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(ALL_PATTERNS),
            Optional.empty());
    for (int seed = 0; seed < SEEDS; seed++) {
      Message request = withSecrets(request(signal, seed), seed);
      assertThat(processed(signal, request, Letters.PROCESSED, rule))
          .isEqualTo(
              Trees.map(
                  request,
                  Resource.class,
                  resource -> (Resource) texts(resource, ProcessingTest::reference)));
    }
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void shouldTruncateBetweenCharacters(Signal signal) throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      Message request = withSecrets(request(signal, seed), seed);
      Message processed = processed(signal, request, Letters.PROCESSED, truncate(16));
      assertThat(processed).isEqualTo(texts(request, ProcessingTest::truncated));
    }
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void shouldDropByCondition(Signal signal) throws Exception {
    Map<String, Predicate<Trees.Way>> conditions = conditions(signal);
    for (int seed = 0; seed < SEEDS; seed++) {
      Message request = request(signal, seed);
      for (Map.Entry<String, Predicate<Trees.Way>> condition : conditions.entrySet()) {
        Message dropped = Trees.filter(request, condition.getValue().negate());
        Message kept = Trees.filter(request, condition.getValue());
        assertFiltered(signal, request, drop(condition.getKey()), dropped);
        assertFiltered(signal, request, keep(condition.getKey()), kept);
      }
    }
  }

  private void assertFiltered(
      Signal signal, Message request, RuleConfig rule, @Nullable Message expected)
      throws Exception {
    int items = Trees.count(request);
    int left = Trees.count(Objects.requireNonNull(expected));
    Staged staged = process(signal, request.toByteArray(), Letters.PROCESSED, rule);
    assertThat(staged.items()).as("%s of %s", rule, request).isEqualTo(left);
    if (left == items) {
      assertThat(staged.dropped()).isEmpty();
    } else {
      assertThat(staged.dropped()).isEqualTo(Map.of(rule.name(), items - left));
    }
    if (left == 0) {
      assertThat(staged.value()).isEmpty();
    } else {
      assertThat(OtlpItems.count(signal, staged.value())).isEqualTo(left);
      assertThat(Trees.parse(signal, staged.value())).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void shouldChangeAttributes(Signal signal) throws Exception {
    JsonNodeFactory json = JsonNodeFactory.instance;
    Map<String, JsonNode> set = new LinkedHashMap<>();
    set.put("k8s.node.name", json.textNode("node-1"));
    set.put("user.id", json.numberNode(7));
    Map<String, JsonNode> insert = Map.of("error", json.booleanNode(true));
    List<String> remove = List.of("thread.id");
    Map<String, String> rename = Map.of("db.system", "http.request.method");
    for (Place place : Place.values()) {
      RuleConfig rule = attributes(Optional.of(place), set, insert, remove, rename);
      for (int seed = 0; seed < SEEDS; seed++) {
        Message request = withHeaders(request(signal, seed));
        assertThat(processed(signal, request, Letters.PROCESSED, rule))
            .isEqualTo(
                holders(
                    request,
                    place,
                    holder -> {
                      List<KeyValue> edited = new ArrayList<>(Trees.<KeyValue>attributes(holder));
                      set(edited, "k8s.node.name", any(b -> b.setStringValue("node-1")));
                      set(edited, "user.id", any(b -> b.setIntValue(7)));
                      if (edited.stream().noneMatch(e -> e.getKey().equals("error"))) {
                        set(edited, "error", any(b -> b.setBoolValue(true)));
                      }
                      edited.removeIf(e -> e.getKey().equals("thread.id"));
                      rename(edited, "db.system", "http.request.method");
                      return edited;
                    }));
      }
    }
  }

  @Test
  void shouldGiveAttributesToAResourceThatIsNotThere() throws Exception {
    Message request =
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(
                ResourceLogs.newBuilder()
                    .addScopeLogs(ScopeLogs.newBuilder().addLogRecords(LogRecord.newBuilder())))
            .build();
    RuleConfig rule =
        attributes(
            Optional.of(Place.RESOURCE),
            Map.of("a", JsonNodeFactory.instance.numberNode(1.5)),
            Map.of(),
            List.of(),
            Map.of());
    Message processed = processed(Signal.LOGS, request, Letters.PROCESSED, rule);
    ResourceLogs logs = ((ExportLogsServiceRequest) processed).getResourceLogs(0);
    assertThat(logs.getResource().getAttributes(0).getValue().getDoubleValue()).isEqualTo(1.5);
    assertThat(logs.getScopeLogs(0).getLogRecordsCount()).isEqualTo(1);
  }

  @Test
  void shouldChangeAttributesOnlyWhereTheConditionHolds() throws Exception {
    RuleConfig rule =
        new RuleConfig(
            "mark",
            Optional.empty(),
            Optional.of("resource.attributes[\"service.name\"] == \"cart\""),
            Map.of("marked", JsonNodeFactory.instance.booleanNode(true)),
            Map.of(),
            List.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    int marked = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Message request = request(Signal.LOGS, seed);
      Message processed = processed(Signal.LOGS, request, Letters.PROCESSED, rule);
      Message expected =
          Trees.map(
              request,
              ResourceLogs.class,
              logs ->
                  "cart".equals(text(logs.getResource().getAttributesList(), "service.name"))
                      ? (ResourceLogs)
                          Trees.map(
                              logs,
                              LogRecord.class,
                              log ->
                                  log.toBuilder()
                                      .addAttributes(
                                          KeyValue.newBuilder()
                                              .setKey("marked")
                                              .setValue(any(b -> b.setBoolValue(true))))
                                      .build())
                      : logs);
      assertThat(processed).isEqualTo(expected);
      marked += expected.equals(request) ? 0 : 1;
    }
    assertThat(marked).isPositive();
  }

  @Test
  void shouldLeaveAloneWhatAConditionCannotBeEvaluatedFor() throws Exception {
    Message request = request(Signal.LOGS, 5);
    String condition = "severity_text + 1 == 2";
    for (RuleConfig rule : List.of(drop(condition), keep(condition))) {
      byte[] value = request.toByteArray();
      assertThat(process(Signal.LOGS, value, Letters.PROCESSED, rule).value()).isSameAs(value);
    }
    assertThat(registry.get("millrace.condition.errors").tag("rule", "drop").counter().count())
        .isEqualTo(Trees.count(request));
  }

  @Test
  void shouldApplyRulesInOrder() throws Exception {
    RuleConfig mark =
        attributes(
            Optional.empty(),
            Map.of("marked", JsonNodeFactory.instance.textNode("yes")),
            Map.of(),
            List.of(),
            Map.of());
    byte[] value = request(Signal.LOGS, 5).toByteArray();
    int items = OtlpItems.count(Signal.LOGS, value);
    RuleConfig drop = drop("attributes[\"marked\"] == \"yes\"");
    assertThat(process(Signal.LOGS, value, Letters.PROCESSED, drop, mark).items()).isEqualTo(items);
    assertThat(process(Signal.LOGS, value, Letters.PROCESSED, mark, drop).items()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Signal.class)
  void shouldKeepTheSameItemsForDeadLettersAsTheyWereIfAsked(Signal signal) throws Exception {
    String condition = conditions(signal).keySet().iterator().next();
    for (int seed = 0; seed < SEEDS; seed++) {
      Message request = withSecrets(request(signal, seed), seed);
      RuleConfig[] rules = {drop(condition), redact(ALL_PATTERNS)};
      byte[] value = request.toByteArray();
      Staged original = process(signal, value, Letters.ORIGINAL, rules);
      Staged processed = process(signal, value, Letters.PROCESSED, rules);
      assertThat(processed.letters()).isSameAs(processed.value());
      assertThat(original.value()).isEqualTo(processed.value());
      if (original.items() > 0) {
        Message letters = Trees.parse(signal, original.letters());
        assertThat(Trees.count(letters)).isEqualTo(original.items());
        assertThat(withoutEmpty(texts(letters, ProcessingTest::reference)))
            .isEqualTo(withoutEmpty(Trees.parse(signal, processed.value())));
      }
    }
  }

  @Test
  void shouldRedactEvenWhatCannotBeRead() {
    byte[] broken = "\n\177 from 10.0.0.1 by a@example.com".getBytes(UTF_8);
    ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>("t", 0, 0, null, broken);
    assertThat(
            new String(
                stage(Signal.LOGS, Letters.PROCESSED, redact(ALL_PATTERNS)).letter(record), UTF_8))
        .isEqualTo("\n\177 from ******** by *************");
    assertThat(stage(Signal.LOGS, Letters.ORIGINAL, redact(ALL_PATTERNS)).letter(record))
        .isEqualTo(broken);
  }

  // ---------------------------------------------------------------- the oracle

  private static String reference(String text) {
    String result = text;
    for (NamedPattern pattern : NamedPattern.values()) {
      result = ReferencePatterns.redact(pattern, result, "[gone]");
    }
    return result.replaceAll("secret-[a-z]+", "[gone]");
  }

  private static String truncated(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    if (utf8.length <= 16) {
      return text;
    }
    StringBuilder result = new StringBuilder();
    int bytes = 0;
    for (int c : text.codePoints().toArray()) {
      bytes += Character.toString(c).getBytes(UTF_8).length;
      if (bytes > 13) {
        break;
      }
      result.appendCodePoint(c);
    }
    return result + "...";
  }

  private static Message texts(Message message, UnaryOperator<String> change) {
    boolean redacts = !change.apply("4111111111111111").equals("4111111111111111");
    return Trees.map(
        message,
        AnyValue.class,
        value ->
            switch (value.getValueCase()) {
              case STRING_VALUE ->
                  value.toBuilder().setStringValue(change.apply(value.getStringValue())).build();
              case BYTES_VALUE ->
                  value.getBytesValue().size() > 16 && !redacts
                      ? value.toBuilder().setBytesValue(truncated(value.getBytesValue())).build()
                      : redacts
                          ? value.toBuilder()
                              .setBytesValue(
                                  ByteString.copyFrom(
                                      change
                                          .apply(value.getBytesValue().toString(ISO_8859_1))
                                          .getBytes(ISO_8859_1)))
                              .build()
                          : value;
              case INT_VALUE -> {
                String text = Long.toString(value.getIntValue());
                String changed = ReferencePatterns.redact(NamedPattern.CARD_NUMBER, text, "[gone]");
                yield redacts && !changed.equals(text)
                    ? value.toBuilder().setStringValue(changed).build()
                    : value;
              }
              default -> value;
            });
  }

  private static ByteString truncated(ByteString bytes) {
    int end = 13;
    while (end > 0 && (bytes.byteAt(end) & 0xc0) == 0x80) {
      end--;
    }
    return bytes.substring(0, end).concat(ByteString.copyFromUtf8("..."));
  }

  /** Secrets in most texts, some in a row. */
  private static Message withSecrets(Message message, long seed) {
    Random random = new Random(seed);
    return Trees.map(
        message,
        AnyValue.class,
        value -> {
          if (value.getValueCase() == AnyValue.ValueCase.INT_VALUE && random.nextInt(3) == 0) {
            return value.toBuilder().setIntValue(4111111111111111L).build();
          }
          if (value.getValueCase() == AnyValue.ValueCase.BYTES_VALUE && random.nextInt(3) == 0) {
            return value.toBuilder()
                .setBytesValue(ByteString.copyFromUtf8("by a@example.com, 10.0.0.1"))
                .build();
          }
          if (value.getValueCase() != AnyValue.ValueCase.STRING_VALUE) {
            return value;
          }
          StringBuilder text = new StringBuilder();
          for (int i = random.nextInt(4); i >= 0; i--) {
            text.append(SECRETS[random.nextInt(SECRETS.length)])
                .append(random.nextBoolean() ? " " : ",");
          }
          return value.toBuilder().setStringValue(text.toString()).build();
        });
  }

  /**
   * A resource and a scope in every group: giving attributes to those that lack one is a test of
   * its own.
   */
  private static Message withHeaders(Message message) {
    return Trees.mapEach(
        message,
        List.of(
            ResourceSpans.class,
            ScopeSpans.class,
            ResourceMetrics.class,
            ScopeMetrics.class,
            ResourceLogs.class,
            ScopeLogs.class),
        ProcessingTest::withHeader);
  }

  private static Message withHeader(Message group) {
    Message.Builder builder = group.toBuilder();
    FieldDescriptor header = group.getDescriptorForType().findFieldByNumber(1);
    if (!group.hasField(header)) {
      builder.setField(header, builder.newBuilderForField(header).build());
    }
    return builder.build();
  }

  private static Message holders(
      Message message, Place place, Function<Message, List<KeyValue>> edit) {
    return switch (place) {
      case RESOURCE ->
          Trees.mapEach(message, List.of(Resource.class), holder -> edited(holder, edit));
      case SCOPE ->
          Trees.mapEach(
              message, List.of(InstrumentationScope.class), holder -> edited(holder, edit));
      case ITEM ->
          Trees.mapEach(
              message,
              List.of(
                  Span.class,
                  LogRecord.class,
                  NumberDataPoint.class,
                  HistogramDataPoint.class,
                  ExponentialHistogramDataPoint.class,
                  SummaryDataPoint.class),
              holder -> edited(holder, edit));
    };
  }

  private static Message edited(Message holder, Function<Message, List<KeyValue>> edit) {
    FieldDescriptor field = holder.getDescriptorForType().findFieldByName("attributes");
    Message.Builder builder = holder.toBuilder().clearField(field);
    edit.apply(holder).forEach(entry -> builder.addRepeatedField(field, entry));
    return builder.build();
  }

  private static void set(List<KeyValue> attributes, String key, AnyValue value) {
    KeyValue entry = KeyValue.newBuilder().setKey(key).setValue(value).build();
    for (int i = 0; i < attributes.size(); i++) {
      if (attributes.get(i).getKey().equals(key)) {
        attributes.set(i, entry);
        attributes.subList(i + 1, attributes.size()).removeIf(e -> e.getKey().equals(key));
        return;
      }
    }
    attributes.add(entry);
  }

  private static void rename(List<KeyValue> attributes, String from, String to) {
    if (attributes.stream().noneMatch(entry -> entry.getKey().equals(from))) {
      return;
    }
    attributes.removeIf(entry -> entry.getKey().equals(to));
    attributes.replaceAll(
        entry ->
            entry.getKey().equals(from)
                ? KeyValue.newBuilder().setKey(to).setValue(entry.getValue()).build()
                : entry);
  }

  /** Containers that never held an item are left out of what is cut, and say nothing. */
  private static Message withoutEmpty(Message message) {
    return Objects.requireNonNull(Trees.filterEmpty(message));
  }

  private static Map<String, Predicate<Trees.Way>> conditions(Signal signal) {
    Map<String, Predicate<Trees.Way>> conditions = new HashMap<>();
    conditions.put(
        "attributes[\"user.id\"] != nil and IsString(attributes[\"user.id\"])",
        way -> {
          for (KeyValue entry : Trees.<KeyValue>attributes(way.item())) {
            if (entry.getKey().equals("user.id")) {
              return entry.getValue().hasStringValue();
            }
          }
          return false;
        });
    switch (signal) {
      case TRACES -> {
        conditions.put(
            "span.kind == SPAN_KIND_SERVER or status.code == STATUS_CODE_ERROR",
            way ->
                ((Span) way.item()).getKindValue() == 2
                    || ((Span) way.item()).getStatus().getCodeValue() == 2);
        conditions.put(
            "resource.attributes[\"service.name\"] == \"cart\"",
            way -> isCart(way.first(ResourceSpans.class).getResource()));
      }
      case METRICS -> {
        conditions.put(
            "metric.type == METRIC_DATA_TYPE_SUM and metric.is_monotonic == true",
            way -> {
              Metric metric = way.first(Metric.class);
              return metric.hasSum() && metric.getSum().getIsMonotonic();
            });
        conditions.put(
            "scope.name == \"\" or resource.attributes[\"service.name\"] == \"cart\"",
            way ->
                way.first(ScopeMetrics.class).getScope().getName().isEmpty()
                    || isCart(way.first(ResourceMetrics.class).getResource()));
      }
      case LOGS -> {
        conditions.put(
            "log.event_name == \"user.login\" or trace_id == TraceID(0x00000000000000000000000000000000)",
            way -> {
              LogRecord log = (LogRecord) way.item();
              return log.getEventName().equals("user.login")
                  || log.getTraceId().size() != 16
                  || log.getTraceId().equals(ByteString.copyFrom(new byte[16]));
            });
        conditions.put("IsMap(body)", way -> ((LogRecord) way.item()).getBody().hasKvlistValue());
        conditions.put(
            "severity_number >= SEVERITY_NUMBER_INFO and resource.attributes[\"service.name\"] == \"cart\"",
            way -> isCart(way.first(ResourceLogs.class).getResource()));
      }
    }
    return conditions;
  }

  private static boolean isCart(Resource resource) {
    return "cart".equals(text(resource.getAttributesList(), "service.name"));
  }

  private static String text(List<KeyValue> attributes, String key) {
    return attributes.stream()
        .filter(entry -> entry.getKey().equals(key))
        .map(entry -> entry.getValue().getStringValue())
        .findFirst()
        .orElse("");
  }

  private static AnyValue any(Function<AnyValue.Builder, AnyValue.Builder> value) {
    return value.apply(AnyValue.newBuilder()).build();
  }

  // ---------------------------------------------------------------- the subject

  private static Message request(Signal signal, long seed) {
    OtlpGenerator generator = new OtlpGenerator(seed);
    Message request = generator.request(signal);
    while (Trees.count(request) == 0) {
      request = generator.request(signal);
    }
    return seed % 3 == 0 ? generator.withUnknownFields(request) : request;
  }

  private Message processed(Signal signal, Message request, Letters letters, RuleConfig... rules)
      throws Exception {
    return Trees.parse(signal, process(signal, request.toByteArray(), letters, rules).value());
  }

  private Staged process(Signal signal, byte[] value, Letters letters, RuleConfig... rules)
      throws Exception {
    return stage(signal, letters, rules).apply(new ConsumerRecord<>("t", 0, 0, null, value));
  }

  private Stage stage(Signal signal, Letters letters, RuleConfig... rules) {
    return Processing.after(
        Stage.passThrough(signal),
        signal,
        new ProcessingConfig(List.of(rules), letters),
        "backend",
        registry);
  }

  private static RuleConfig redact(RedactConfig redact) {
    return rule(
        "redact", Optional.empty(), Optional.empty(), Optional.of(redact), Optional.empty());
  }

  private static RuleConfig truncate(int maxBytes) {
    return rule(
        "truncate",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(new TruncateConfig(maxBytes, Optional.empty())));
  }

  private static RuleConfig drop(String condition) {
    return rule(
        "drop", Optional.of(condition), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static RuleConfig keep(String condition) {
    return rule(
        "keep", Optional.empty(), Optional.of(condition), Optional.empty(), Optional.empty());
  }

  private static RuleConfig rule(
      String name,
      Optional<String> drop,
      Optional<String> keep,
      Optional<RedactConfig> redact,
      Optional<TruncateConfig> truncate) {
    return new RuleConfig(
        name,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        List.of(),
        Map.of(),
        drop,
        keep,
        redact,
        truncate);
  }

  private static RuleConfig attributes(
      Optional<Place> on,
      Map<String, JsonNode> set,
      Map<String, JsonNode> insert,
      List<String> remove,
      Map<String, String> rename) {
    return new RuleConfig(
        "attributes",
        on,
        Optional.empty(),
        set,
        insert,
        remove,
        rename,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
