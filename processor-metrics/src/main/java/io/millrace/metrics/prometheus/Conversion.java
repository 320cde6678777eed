package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the OTLP of a batch into series. {@link #start}, then {@link #add} for each request, then
 * the table has them. One thread.
 */
final class Conversion {

  private static final int RESOURCE_METRICS = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int RESOURCE = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int SCOPE_METRICS = WireReader.tag(2, WireReader.LENGTH_DELIMITED);
  private static final int SCOPE = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int METRIC = WireReader.tag(2, WireReader.LENGTH_DELIMITED);
  private static final int SCHEMA_URL = WireReader.tag(3, WireReader.LENGTH_DELIMITED);
  private static final int DATA_POINT = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final byte[] NOTHING = {};

  private final ConversionConfig config;
  private final SeriesTable table = new SeriesTable();
  private final Families families;
  private final ResourceLabels resourceLabels;
  private final PointSink sink;
  private final TargetInfo targetInfo;
  private final NumberPoints numbers;
  private final HistogramPoints histograms;
  private final ExponentialPoints exponentials;
  private final SummaryPoints summaries;

  private final WireReader requests = new WireReader(NOTHING, 0);
  private final WireReader resources = new WireReader(NOTHING, 1);
  private final WireReader scopes = new WireReader(NOTHING, 2);
  private final WireReader metrics = new WireReader(NOTHING, 3);
  private final WireReader data = new WireReader(NOTHING, 4);
  private final MetricHead head = new MetricHead();

  private final RangeTable knownResources = new RangeTable();
  private final RangeTable knownScopes = new RangeTable();
  private final RangeTable schemaUrls = new RangeTable();
  private final List<FixedLabels.Builder> labelsOfResources = new ArrayList<>();
  private final List<FixedLabels> labelsOfScopes = new ArrayList<>();

  /**
   * @param externalLabels given to all series that have no such label
   * @param fixedLabels given to all series, whatever labels they have
   * @param rewrite what is done to labels after that
   * @param targetTimes up to when target_info is stored
   */
  Conversion(
      ConversionConfig config,
      Map<String, String> externalLabels,
      Map<String, String> fixedLabels,
      SeriesLabels rewrite,
      TargetTimes targetTimes) {
    this.config = config;
    LabelNames labelNames = new LabelNames(config);
    LabelWriter labels = new LabelWriter(config, labelNames);
    this.families = new Families(new MetricNames(config.strategy()));
    this.resourceLabels = new ResourceLabels(config, labelNames, externalLabels, fixedLabels);
    this.sink = new PointSink(table, new SeriesFinder(table, labels, rewrite));
    this.targetInfo = new TargetInfo(resourceLabels, labels, rewrite, table, families, targetTimes);
    this.numbers = new NumberPoints(sink);
    this.histograms = new HistogramPoints(sink, config.convertHistogramsToNhcb());
    this.exponentials = new ExponentialPoints(sink);
    this.summaries = new SummaryPoints(sink);
  }

  /** Begins a batch of a tenant; what the last one left is gone. */
  void start(String tenant) {
    sink.clear();
    families.startBatch();
    targetInfo.start(tenant);
    histograms.clear();
    knownResources.clear();
    knownScopes.clear();
    schemaUrls.clear();
    labelsOfResources.clear();
    labelsOfScopes.clear();
  }

  /**
   * Adds the data points of an encoded ExportMetricsServiceRequest, which must not change before
   * the next batch.
   */
  void add(byte[] request) throws MalformedOtlp {
    requests.over(request, 0, request.length);
    while (requests.next()) {
      if (requests.tag() == RESOURCE_METRICS) {
        addResource(request, requests.from(), requests.end());
      }
    }
  }

  SeriesTable table() {
    return table;
  }

  /** The families of the batch. */
  List<Family> families() {
    return families.met();
  }

  /** Last times of target_info in the batch, by series. */
  Map<Long, Long> targetInfoWritten() {
    return targetInfo.written();
  }

  Family family(int number) {
    return families.family(number);
  }

  long unconvertible(Unconvertible reason) {
    return sink.unconvertible(reason);
  }

  long droppedSamples() {
    return sink.droppedSamples();
  }

  static String text(byte[] source, int from, int to) {
    return new String(source, from, to - from, UTF_8);
  }

  private void addResource(byte[] source, int from, int to) throws MalformedOtlp {
    int resourceFrom = 0;
    int resourceTo = 0;
    resources.over(source, from, to);
    while (resources.next()) {
      if (resources.tag() == RESOURCE) {
        resourceFrom = resources.from();
        resourceTo = resources.end();
      }
    }
    int number = resource(source, resourceFrom, resourceTo);
    sink.startResource();
    resources.over(source, from, to);
    while (resources.next()) {
      if (resources.tag() == SCOPE_METRICS) {
        addScope(source, resources.from(), resources.end(), number);
      }
    }
    if (config.targetInfo() && sink.hasObserved()) {
      targetInfo.write(
          number, source, resourceFrom, resourceTo, sink.earliestNanos(), sink.latestNanos());
    }
  }

  private int resource(byte[] source, int from, int to) throws MalformedOtlp {
    int number = knownResources.number(0, source, from, to);
    if (number >= 0) {
      return number;
    }
    labelsOfResources.add(resourceLabels.points(source, from, to));
    return -1 - number;
  }

  private void addScope(byte[] source, int from, int to, int resource) throws MalformedOtlp {
    int scopeFrom = 0;
    int scopeTo = 0;
    int urlFrom = 0;
    int urlTo = 0;
    scopes.over(source, from, to);
    while (scopes.next()) {
      if (scopes.tag() == SCOPE) {
        scopeFrom = scopes.from();
        scopeTo = scopes.end();
      } else if (scopes.tag() == SCHEMA_URL) {
        urlFrom = scopes.from();
        urlTo = scopes.end();
      }
    }
    int number =
        config.promoteScopeMetadata()
            ? scope(source, scopeFrom, scopeTo, urlFrom, urlTo, resource)
            : scope(NOTHING, 0, 0, 0, 0, resource);
    FixedLabels labels = labelsOfScopes.get(number);
    scopes.over(source, from, to);
    while (scopes.next()) {
      if (scopes.tag() == METRIC) {
        addMetric(source, scopes.from(), scopes.end(), number, labels);
      }
    }
  }

  private int scope(byte[] source, int from, int to, int urlFrom, int urlTo, int resource)
      throws MalformedOtlp {
    int url = schemaUrls.number(0, source, urlFrom, urlTo);
    long prefix = (long) resource << 32 | (url < 0 ? -1 - url : url);
    int number = knownScopes.number(prefix, source, from, to);
    if (number >= 0) {
      return number;
    }
    FixedLabels.Builder labels = labelsOfResources.get(resource).copy();
    resourceLabels.addScope(labels, source, from, to, text(source, urlFrom, urlTo));
    labelsOfScopes.add(labels.build());
    return -1 - number;
  }

  private void addMetric(byte[] source, int from, int to, int scope, FixedLabels labels)
      throws MalformedOtlp {
    head.read(source, metrics.over(source, from, to), data);
    Unconvertible reason = temporality();
    Family family = reason == null ? families.of(head, head.kind()) : null;
    if (reason == null && family == null) {
      reason = Unconvertible.METRIC_NAME;
    }
    if (family != null) {
      sink.finder.metric(family, scope, labels);
    }
    metrics.over(source, from, to);
    while (metrics.next()) {
      if (metrics.field() == head.data && metrics.isLengthDelimited()) {
        addPoints(source, metrics.from(), metrics.end(), reason);
      }
    }
  }

  private @Nullable Unconvertible temporality() {
    if (!head.hasTemporality() || head.temporality == MetricHead.CUMULATIVE) {
      return null;
    }
    return head.temporality == MetricHead.DELTA
        ? Unconvertible.DELTA_TEMPORALITY
        : Unconvertible.UNSPECIFIED_TEMPORALITY;
  }

  private void addPoints(byte[] source, int from, int to, @Nullable Unconvertible reason)
      throws MalformedOtlp {
    data.over(source, from, to);
    while (data.next()) {
      if (data.tag() == DATA_POINT) {
        if (reason != null) {
          sink.refuse(reason, 1);
        } else {
          addPoint(source, data.from(), data.end());
        }
      }
    }
  }

  private void addPoint(byte[] source, int from, int to) throws MalformedOtlp {
    switch (head.data) {
      case MetricHead.HISTOGRAM -> histograms.convert(source, from, to);
      case MetricHead.EXPONENTIAL_HISTOGRAM -> exponentials.convert(source, from, to);
      case MetricHead.SUMMARY -> summaries.convert(source, from, to);
      default -> numbers.convert(source, from, to, head.kind());
    }
  }
}
