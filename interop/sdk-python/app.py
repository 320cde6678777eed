"""Tells of so many batches with the OpenTelemetry SDK; lab/sdk.py says what. Usage: app.py PROTOCOL BATCHES"""

import importlib
import json
import sys

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, format_span_id, format_trace_id, set_span_in_context

ATTRIBUTES = {
    "text": "grün ✓",
    "int": 1234567890123,
    "double": 0.25,
    "bool": True,
    "texts": ["a", "b"],
    "ints": [1, 2, 3],
}


def main(protocol, batches):
    package = f"opentelemetry.exporter.otlp.proto.{'grpc' if protocol == 'grpc' else 'http'}"
    tracers, loggers = TracerProvider(), LoggerProvider()
    tracers.add_span_processor(BatchSpanProcessor(exporter(package, "trace_exporter", "OTLPSpanExporter")))
    logs = exporter(package, "_log_exporter", "OTLPLogExporter")
    loggers.add_log_record_processor(BatchLogRecordProcessor(logs))
    reader = PeriodicExportingMetricReader(exporter(package, "metric_exporter", "OTLPMetricExporter"), 3_600_000)
    meters = MeterProvider([reader])
    meter = meters.get_meter("interop")
    counter, histogram = meter.create_counter("interop.count"), meter.create_histogram("interop.size")
    meter.create_gauge("interop.level").set(42.5, ATTRIBUTES)
    told = []
    for batch in range(batches):
        told += tell(tracers.get_tracer("interop"), loggers.get_logger("interop"), batch)
        for step in range(20):
            counter.add(1, ATTRIBUTES)
            histogram.record(step, ATTRIBUTES)
        tracers.force_flush()
        loggers.force_flush()
    for provider in (tracers, loggers, meters):
        provider.shutdown()
    print(json.dumps(told))


def exporter(package, module, name):
    return getattr(importlib.import_module(f"{package}.{module}"), name)()


def tell(tracer, logger, batch):
    """The trace and span ids of one batch."""
    root = tracer.start_span("batch", attributes=ATTRIBUTES)
    within = set_span_in_context(root)
    spans = [root]
    for step in range(1, 20):
        span = tracer.start_span(f"step-{step}", within, SpanKind.CLIENT, ATTRIBUTES)
        span.add_event("retried", {"times": 2})
        if step % 2:
            span.set_status(Status(StatusCode.ERROR, "boom"))
        spans.append(span)
    for line in range(20):
        body, warn = f"line {batch}-{line}", SeverityNumber.WARN
        logger.emit(LogRecord(context=within, severity_number=warn, body=body, attributes=ATTRIBUTES))
    for span in reversed(spans):
        span.end()
    contexts = [span.get_span_context() for span in spans]
    return [[format_trace_id(each.trace_id), format_span_id(each.span_id)] for each in contexts]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
