//! Tells of so many batches with the OpenTelemetry SDK; lab/sdk.py says what. Usage: sdk-rust PROTOCOL BATCHES

use std::error::Error;
use std::time::{Duration, SystemTime};

use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::{Span, SpanContext, SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Array, Context, KeyValue, StringValue, Value};
use opentelemetry_otlp::{
    LogExporter, MetricExporter, Protocol, RetryPolicy, SpanExporter, WithExportConfig, WithHttpConfig, WithTonicConfig,
};
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::SdkTracerProvider;

const ITEMS: i64 = 20;

/// Batches are flushed before they are full, and retried for as long as the lab waits.
const NEVER: Duration = Duration::from_secs(3600);
const LONG: Duration = Duration::from_secs(150);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new()?;
    let (spans, logs, metrics) = exporters(&arguments[1], &runtime)?;
    let tracers = SdkTracerProvider::builder().with_batch_exporter(spans).build();
    let loggers = SdkLoggerProvider::builder().with_batch_exporter(logs).build();
    let reader = PeriodicReader::builder(metrics).with_interval(NEVER).build();
    let meters = SdkMeterProvider::builder().with_reader(reader).build();
    let meter = meters.meter("interop");
    meter.f64_gauge("interop.level").build().record(42.5, &attributes());
    let count = meter.u64_counter("interop.count").build();
    let size = meter.u64_histogram("interop.size").build();
    let mut told = Vec::new();
    for batch in 0..arguments[2].parse()? {
        told.extend(tell(&tracers, &loggers, batch));
        for step in 0..ITEMS {
            count.add(1, &attributes());
            size.record(step as u64, &attributes());
        }
        // A flush waits for five seconds at most, and the export goes on: closing waits for it.
        let _ = tracers.force_flush();
        let _ = loggers.force_flush();
    }
    tracers.shutdown_with_timeout(LONG)?;
    loggers.shutdown_with_timeout(LONG)?;
    meters.shutdown_with_timeout(LONG)?;
    println!("[{}]", told.join(","));
    Ok(())
}

fn exporters(protocol: &str, runtime: &tokio::runtime::Runtime) -> Result<(SpanExporter, LogExporter, MetricExporter)> {
    let retry = RetryPolicy::recommended().with_max_retries(20);
    if protocol == "grpc" {
        let _within = runtime.enter();
        return Ok((
            SpanExporter::builder().with_tonic().with_retry_policy(retry.clone()).build()?,
            LogExporter::builder().with_tonic().with_retry_policy(retry.clone()).build()?,
            MetricExporter::builder().with_tonic().with_retry_policy(retry).build()?,
        ));
    }
    let how = if protocol == "http/json" { Protocol::HttpJson } else { Protocol::HttpBinary };
    Ok((
        SpanExporter::builder().with_http().with_protocol(how).with_retry_policy(retry.clone()).build()?,
        LogExporter::builder().with_http().with_protocol(how).with_retry_policy(retry.clone()).build()?,
        MetricExporter::builder().with_http().with_protocol(how).with_retry_policy(retry).build()?,
    ))
}

/// The trace and span ids of one batch, as JSON.
fn tell(tracers: &SdkTracerProvider, loggers: &SdkLoggerProvider, batch: i64) -> Vec<String> {
    let tracer = tracers.tracer("interop");
    let root = tracer.span_builder("batch").with_attributes(attributes()).start_with_context(&tracer, &Context::new());
    let within = Context::new().with_span(root);
    let mut told = vec![ids(within.span().span_context())];
    for step in 1..ITEMS {
        let mut span = tracer
            .span_builder(format!("step-{step}"))
            .with_kind(SpanKind::Client)
            .with_attributes(attributes())
            .start_with_context(&tracer, &within);
        span.add_event("retried", vec![KeyValue::new("times", 2)]);
        if step % 2 == 1 {
            span.set_status(Status::error("boom"));
        }
        told.push(ids(span.span_context()));
        span.end();
    }
    let logger = loggers.logger("interop");
    let context = within.span().span_context().clone();
    for line in 0..ITEMS {
        let mut record = logger.create_log_record();
        record.set_timestamp(SystemTime::now());
        record.set_severity_number(Severity::Warn);
        record.set_body(AnyValue::from(format!("line {batch}-{line}")));
        record.set_trace_context(context.trace_id(), context.span_id(), Some(context.trace_flags()));
        record.add_attributes(attributes().into_iter().map(|each| (each.key, any(each.value))));
        logger.emit(record);
    }
    within.span().end();
    told
}

fn ids(context: &SpanContext) -> String {
    format!("[\"{}\",\"{}\"]", context.trace_id(), context.span_id())
}

fn attributes() -> Vec<KeyValue> {
    vec![
        KeyValue::new("text", "grün ✓"),
        KeyValue::new("int", 1234567890123i64),
        KeyValue::new("double", 0.25),
        KeyValue::new("bool", true),
        KeyValue::new("texts", Value::Array(Array::String(vec![StringValue::from("a"), StringValue::from("b")]))),
        KeyValue::new("ints", Value::Array(Array::I64(vec![1, 2, 3]))),
    ]
}

/// Attributes of log records are of another type.
fn any(value: Value) -> AnyValue {
    match value {
        Value::Bool(each) => AnyValue::Boolean(each),
        Value::I64(each) => AnyValue::Int(each),
        Value::F64(each) => AnyValue::Double(each),
        Value::String(each) => AnyValue::String(each),
        Value::Array(Array::String(all)) => all.into_iter().map(AnyValue::String).collect(),
        Value::Array(Array::I64(all)) => all.into_iter().map(AnyValue::Int).collect(),
        other => AnyValue::from(other.to_string()),
    }
}
