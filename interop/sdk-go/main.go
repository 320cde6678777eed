// Tells of so many batches with the OpenTelemetry SDK; lab/sdk.py says what. Usage: sdk-go PROTOCOL BATCHES
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/metric"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var attributes = []attribute.KeyValue{
	attribute.String("text", "grün ✓"),
	attribute.Int64("int", 1234567890123),
	attribute.Float64("double", 0.25),
	attribute.Bool("bool", true),
	attribute.StringSlice("texts", []string{"a", "b"}),
	attribute.Int64Slice("ints", []int64{1, 2, 3}),
}

// Batches are flushed before they are full, and retried for as long as the lab waits.
const (
	never = time.Hour
	long  = 2 * time.Minute
)

type exporters struct {
	spans   sdktrace.SpanExporter
	logs    sdklog.Exporter
	metrics sdkmetric.Exporter
}

func main() {
	batches, err := strconv.Atoi(os.Args[2])
	check(err)
	ctx := context.Background()
	to := open(ctx, os.Args[1])
	tracers := sdktrace.NewTracerProvider(sdktrace.WithBatcher(to.spans,
		sdktrace.WithBatchTimeout(never), sdktrace.WithExportTimeout(long)))
	loggers := sdklog.NewLoggerProvider(sdklog.WithProcessor(sdklog.NewBatchProcessor(to.logs,
		sdklog.WithExportInterval(never), sdklog.WithExportTimeout(long))))
	meters := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(to.metrics,
		sdkmetric.WithInterval(never), sdkmetric.WithTimeout(long))))
	meter := meters.Meter("interop")
	gauge, err := meter.Float64Gauge("interop.level")
	check(err)
	gauge.Record(ctx, 42.5, metric.WithAttributes(attributes...))
	counter, err := meter.Int64Counter("interop.count")
	check(err)
	histogram, err := meter.Int64Histogram("interop.size")
	check(err)

	var told [][2]string
	for batch := range batches {
		told = append(told, tell(ctx, tracers.Tracer("interop"), loggers.Logger("interop"), batch)...)
		for step := range 20 {
			counter.Add(ctx, 1, metric.WithAttributes(attributes...))
			histogram.Record(ctx, int64(step), metric.WithAttributes(attributes...))
		}
		check(tracers.ForceFlush(ctx))
		check(loggers.ForceFlush(ctx))
	}
	check(tracers.Shutdown(ctx))
	check(loggers.Shutdown(ctx))
	check(meters.Shutdown(ctx))
	check(json.NewEncoder(os.Stdout).Encode(told))
}

func open(ctx context.Context, protocol string) (to exporters) {
	var spansErr, logsErr, metricsErr error
	if protocol == "grpc" {
		to.spans, spansErr = otlptracegrpc.New(ctx)
		to.logs, logsErr = otlploggrpc.New(ctx)
		to.metrics, metricsErr = otlpmetricgrpc.New(ctx)
	} else {
		to.spans, spansErr = otlptracehttp.New(ctx)
		to.logs, logsErr = otlploghttp.New(ctx)
		to.metrics, metricsErr = otlpmetrichttp.New(ctx)
	}
	check(spansErr)
	check(logsErr)
	check(metricsErr)
	return to
}

// The trace and span ids of one batch.
func tell(ctx context.Context, tracer trace.Tracer, logger log.Logger, batch int) [][2]string {
	within, root := tracer.Start(ctx, "batch", trace.WithAttributes(attributes...))
	spans := []trace.Span{root}
	for step := 1; step < 20; step++ {
		_, span := tracer.Start(within, fmt.Sprintf("step-%d", step),
			trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes...))
		span.AddEvent("retried", trace.WithAttributes(attribute.Int("times", 2)))
		if step%2 == 1 {
			span.SetStatus(codes.Error, "boom")
		}
		spans = append(spans, span)
	}
	for line := range 20 {
		logger.Emit(within, record(fmt.Sprintf("line %d-%d", batch, line)))
	}
	var ids [][2]string
	for _, span := range spans {
		span.End()
		ids = append(ids, [2]string{span.SpanContext().TraceID().String(), span.SpanContext().SpanID().String()})
	}
	return ids
}

func record(body string) (record log.Record) {
	record.SetTimestamp(time.Now())
	record.SetSeverity(log.SeverityWarn)
	record.SetBody(attribute.StringValue(body))
	record.AddAttributes(attributes...)
	return record
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
