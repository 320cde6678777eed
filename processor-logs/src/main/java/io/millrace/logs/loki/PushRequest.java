package io.millrace.logs.loki;

import io.millrace.condition.AttributeText;
import io.millrace.condition.Value;
import io.millrace.logs.loki.LabelConfig.Source;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import io.millrace.processing.KeyValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes one push request of OTLP logs: log records become entries, by the mapping of Loki's own
 * OTLP endpoint, of streams whose labels are configured. What resource and scope give to each entry
 * is encoded once. One thread at a time.
 */
final class PushRequest {

  static final String UNKNOWN_SERVICE = "unknown_service";

  private static final String LEVEL = "level";
  private static final byte[] NONE = {};
  private static final int FIELD_1 = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int FIELD_2 = WireReader.tag(2, WireReader.LENGTH_DELIMITED);
  private static final int SCOPE_ATTRIBUTE = WireReader.tag(3, WireReader.LENGTH_DELIMITED);
  private static final int SCOPE_DROPPED = WireReader.tag(4, WireReader.VARINT);
  private static final int LOG_ATTRIBUTE = WireReader.tag(6, WireReader.LENGTH_DELIMITED);

  private final List<String> names = new ArrayList<>();
  private final List<@Nullable String> defaults = new ArrayList<>();
  private final Map<Source, Map<String, Integer>> labelOf = new HashMap<>();
  private final int level; // its label, or -1
  private final boolean labelsOfLogs;
  private final StreamLimit limit;
  private final Metadata metadata = new Metadata();

  private final WireReader[] readers = new WireReader[6];
  private final KeyValue attribute = new KeyValue();
  private final Value value = new Value();
  private final LogFields log = new LogFields();

  private final Map<List<@Nullable String>, Stream> streams = new LinkedHashMap<>();
  private final WireWriter entries = new WireWriter(1 << 16);
  private final WireWriter ofResource = new WireWriter(0);
  private final WireWriter ofScope = new WireWriter(0);
  private final WireWriter ofLog = new WireWriter(0);

  private byte[] bytes = NONE;
  private String tenant = "";
  private long appendNanos;
  private @Nullable String[] values = {};

  PushRequest(LokiConfig config, StreamLimit limit, List<String> names) {
    this.limit = limit;
    this.names.addAll(names);
    Arrays.setAll(readers, depth -> new WireReader(NONE, depth));
    for (Source source : Source.values()) {
      labelOf.put(source, new HashMap<>());
    }
    for (LabelConfig label : config.labels()) {
      labelsOf(label.source()).put(label.attribute(), defaults.size());
      defaults.add(label.orElse().orElse(null));
    }
    level = config.levelAsLabel() ? defaults.size() : -1;
    if (config.levelAsLabel()) {
      defaults.add(null);
    }
    labelsOfLogs = config.levelAsLabel() || !labelsOf(Source.LOG).isEmpty();
  }

  /** Names of the labels, in the order of the configuration. */
  static List<String> names(LokiConfig config) {
    List<String> names = new ArrayList<>(config.labels().stream().map(LabelConfig::label).toList());
    if (config.levelAsLabel()) {
      names.add(LEVEL);
    }
    return names;
  }

  private Map<String, Integer> labelsOf(Source source) {
    return Objects.requireNonNull(labelOf.get(source));
  }

  void start(String newTenant) {
    tenant = newTenant;
    streams.clear();
    entries.truncate(0);
  }

  /**
   * Adds the log records of one ExportLogsServiceRequest.
   *
   * @param appendMillis time of those that have none
   */
  void add(byte[] request, long appendMillis) throws MalformedOtlp {
    bytes = request;
    appendNanos = appendMillis * 1_000_000;
    WireReader reader = reader(0, 0, request.length);
    while (reader.next()) {
      if (reader.tag() == FIELD_1) {
        resourceLogs(reader.from(), reader.end());
      }
    }
  }

  /** Writes the PushRequest. */
  void write(WireWriter out) {
    for (Stream stream : streams.values()) {
      stream.write(entries.bytes(), out);
    }
  }

  private void resourceLogs(int from, int to) throws MalformedOtlp {
    values = defaults.toArray(new @Nullable String[0]);
    ofResource.truncate(0);
    WireReader reader = reader(1, from, to);
    while (reader.next()) { // the resource need not stand first
      if (reader.tag() == FIELD_1) {
        attributes(2, reader.from(), reader.end(), FIELD_1, Source.RESOURCE, ofResource);
      }
    }
    @Nullable String[] resourceValues = values;
    reader.over(bytes, from, to);
    while (reader.next()) {
      if (reader.tag() == FIELD_2) {
        values = resourceValues.clone();
        scopeLogs(reader.from(), reader.end());
      }
    }
  }

  private void scopeLogs(int from, int to) throws MalformedOtlp {
    ofScope.truncate(0);
    WireReader reader = reader(2, from, to);
    while (reader.next()) {
      if (reader.tag() == FIELD_1) {
        scope(reader.from(), reader.end());
      }
    }
    @Nullable String[] scopeValues = values;
    Admitted admitted = null;
    reader.over(bytes, from, to);
    while (reader.next()) {
      if (reader.tag() == FIELD_2) {
        values = scopeValues.clone();
        log.read(bytes, reader.from(), reader.end());
        ofLog.truncate(0);
        attributes(4, reader.from(), reader.end(), LOG_ATTRIBUTE, Source.LOG, ofLog);
        if (admitted == null || labelsOfLogs) {
          admitted = admit();
        }
        entry(admitted);
      }
    }
  }

  private void scope(int from, int to) throws MalformedOtlp {
    WireReader reader = reader(3, from, to);
    while (reader.next()) {
      if (reader.tag() == FIELD_1 && reader.end() > reader.from()) {
        text("scope_name", reader, ofScope);
      } else if (reader.tag() == FIELD_2 && reader.end() > reader.from()) {
        text("scope_version", reader, ofScope);
      } else if (reader.tag() == SCOPE_DROPPED && (reader.value() & 0xffffffffL) != 0) {
        Metadata.pair(
            "scope_dropped_attributes_count", Long.toString(reader.value() & 0xffffffffL), ofScope);
      }
    }
    attributes(3, from, to, SCOPE_ATTRIBUTE, Source.SCOPE, ofScope);
  }

  private void text(String name, WireReader reader, WireWriter out) throws MalformedOtlp {
    value.setString(bytes, reader.from(), reader.end());
    metadata.attribute(name, value, out);
  }

  /** Attributes become labels or structured metadata. */
  private void attributes(int depth, int from, int to, int tag, Source source, WireWriter out)
      throws MalformedOtlp {
    Map<String, Integer> labels = labelsOf(source);
    WireReader reader = reader(depth, from, to);
    while (reader.next()) {
      if (reader.tag() == tag) {
        attribute.read(bytes, reader.from(), reader.end());
        attribute.value(value);
        String key = attribute.key();
        Integer label = labels.get(key);
        if (label == null) {
          metadata.attribute(key, value, out);
        } else {
          String text = AttributeText.of(value);
          values[label] = text.isEmpty() ? defaults.get(label) : text;
        }
      }
    }
  }

  /** A stream, and what of the labels its lines carry as structured metadata. */
  private record Admitted(Stream stream, List<Integer> demoted) {}

  private Admitted admit() {
    if (level >= 0) {
      values[level] = log.level().isEmpty() ? null : log.level();
    }
    List<@Nullable String> wanted =
        Collections.unmodifiableList(new ArrayList<>(Arrays.asList(values)));
    List<@Nullable String> admitted = limit.admit(tenant, wanted);
    List<Integer> demoted = new ArrayList<>();
    for (int label = 0; label < values.length; label++) {
      if (!Objects.equals(wanted.get(label), admitted.get(label))) {
        demoted.add(label);
      }
    }
    return new Admitted(
        streams.computeIfAbsent(admitted, labels -> new Stream(names, labels)), demoted);
  }

  private void entry(Admitted admitted) throws MalformedOtlp {
    int from = entries.size();
    long nanos = log.nanos(appendNanos);
    log.writeEntry(nanos, entries);
    entries.copy(ofLog.bytes(), 0, ofLog.size());
    log.writeMetadata(entries);
    if (level < 0 && !log.level().isEmpty()) {
      Metadata.pair(LEVEL, log.level(), entries);
    }
    entries.copy(ofResource.bytes(), 0, ofResource.size());
    entries.copy(ofScope.bytes(), 0, ofScope.size());
    for (int label : admitted.demoted()) {
      Metadata.pair(names.get(label), Objects.requireNonNull(values[label]), entries);
    }
    if (!admitted.demoted().isEmpty()) {
      limit.overflowed();
    }
    admitted.stream().add(nanos, from, entries.size());
  }

  private WireReader reader(int depth, int from, int to) throws MalformedOtlp {
    return readers[depth].over(bytes, from, to);
  }
}
