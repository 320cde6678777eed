package io.millrace.standalone;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One item with all that belongs to it, whatever request it travels in: two are equal when nothing
 * of the item has changed.
 *
 * @param value the span, the log record, or the metric with this data point alone
 */
public record Item(
    Resource resource,
    String resourceSchemaUrl,
    InstrumentationScope scope,
    String scopeSchemaUrl,
    Message value) {

  /** The same span with another tracestate. */
  public Item withTraceState(String traceState) {
    Span span = ((Span) value).toBuilder().setTraceState(traceState).build();
    return new Item(resource, resourceSchemaUrl, scope, scopeSchemaUrl, span);
  }

  /** The items of an Export*ServiceRequest, read by protobuf-java. */
  public static List<Item> of(Signal signal, byte[] request) {
    List<Item> items = new ArrayList<>();
    try {
      switch (signal) {
        case TRACES -> spans(ExportTraceServiceRequest.parseFrom(request), items::add);
        case METRICS -> dataPoints(ExportMetricsServiceRequest.parseFrom(request), items::add);
        case LOGS -> logRecords(ExportLogsServiceRequest.parseFrom(request), items::add);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("no OTLP", e);
    }
    return items;
  }

  private static void spans(ExportTraceServiceRequest request, Consumer<Item> items) {
    for (var of : request.getResourceSpansList()) {
      for (var in : of.getScopeSpansList()) {
        for (var span : in.getSpansList()) {
          items.accept(
              new Item(
                  of.getResource(), of.getSchemaUrl(), in.getScope(), in.getSchemaUrl(), span));
        }
      }
    }
  }

  private static void logRecords(ExportLogsServiceRequest request, Consumer<Item> items) {
    for (var of : request.getResourceLogsList()) {
      for (var in : of.getScopeLogsList()) {
        for (var logRecord : in.getLogRecordsList()) {
          items.accept(
              new Item(
                  of.getResource(),
                  of.getSchemaUrl(),
                  in.getScope(),
                  in.getSchemaUrl(),
                  logRecord));
        }
      }
    }
  }

  private static void dataPoints(ExportMetricsServiceRequest request, Consumer<Item> items) {
    for (var of : request.getResourceMetricsList()) {
      for (var in : of.getScopeMetricsList()) {
        for (var metric : in.getMetricsList()) {
          for (Metric point : points(metric)) {
            items.accept(
                new Item(
                    of.getResource(), of.getSchemaUrl(), in.getScope(), in.getSchemaUrl(), point));
          }
        }
      }
    }
  }

  /** The metric once for each of its data points. */
  private static List<Metric> points(Metric metric) {
    List<Metric> points = new ArrayList<>();
    Metric.Builder one = metric.toBuilder();
    switch (metric.getDataCase()) {
      case GAUGE -> {
        for (var point : metric.getGauge().getDataPointsList()) {
          one.getGaugeBuilder().clearDataPoints().addDataPoints(point);
          points.add(one.build());
        }
      }
      case SUM -> {
        for (var point : metric.getSum().getDataPointsList()) {
          one.getSumBuilder().clearDataPoints().addDataPoints(point);
          points.add(one.build());
        }
      }
      case HISTOGRAM -> {
        for (var point : metric.getHistogram().getDataPointsList()) {
          one.getHistogramBuilder().clearDataPoints().addDataPoints(point);
          points.add(one.build());
        }
      }
      case EXPONENTIAL_HISTOGRAM -> {
        for (var point : metric.getExponentialHistogram().getDataPointsList()) {
          one.getExponentialHistogramBuilder().clearDataPoints().addDataPoints(point);
          points.add(one.build());
        }
      }
      case SUMMARY -> {
        for (var point : metric.getSummary().getDataPointsList()) {
          one.getSummaryBuilder().clearDataPoints().addDataPoints(point);
          points.add(one.build());
        }
      }
      case DATA_NOT_SET -> throw new AssertionError("a metric without data: " + metric);
    }
    return points;
  }
}
