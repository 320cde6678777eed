// Tells of so many batches with the OpenTelemetry SDK; lab/sdk.py says what. Usage: app.js PROTOCOL BATCHES
const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = require('@opentelemetry/api');
const { SeverityNumber } = require('@opentelemetry/api-logs');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { BatchLogRecordProcessor, LoggerProvider } = require('@opentelemetry/sdk-logs');
const { MeterProvider, PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics');
const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const ATTRIBUTES = {
  text: 'grün ✓',
  int: 1234567890123,
  double: 0.25,
  bool: true,
  texts: ['a', 'b'],
  ints: [1, 2, 3],
};
const PACKAGES = { grpc: 'grpc', 'http/protobuf': 'proto', 'http/json': 'http' };

async function main(protocol, batches) {
  const resource = resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME });
  const spans = new BatchSpanProcessor(exporter('trace', protocol, 'OTLPTraceExporter'));
  const tracers = new BasicTracerProvider({ resource, spanProcessors: [spans] });
  const logs = new BatchLogRecordProcessor({ exporter: exporter('logs', protocol, 'OTLPLogExporter') });
  const loggers = new LoggerProvider({ resource, processors: [logs] });
  const metrics = exporter('metrics', protocol, 'OTLPMetricExporter');
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3600000 });
  const meters = new MeterProvider({ resource, readers: [reader] });
  const meter = meters.getMeter('interop');
  const counter = meter.createCounter('interop.count');
  const histogram = meter.createHistogram('interop.size');
  meter.createGauge('interop.level').record(42.5, ATTRIBUTES);
  const told = [];
  for (let batch = 0; batch < batches; batch++) {
    told.push(...tell(tracers.getTracer('interop'), loggers.getLogger('interop'), batch));
    for (let step = 0; step < 20; step++) {
      counter.add(1, ATTRIBUTES);
      histogram.record(step, ATTRIBUTES);
    }
    await tracers.forceFlush();
    await loggers.forceFlush();
  }
  for (const provider of [tracers, loggers, meters]) {
    await provider.shutdown();
  }
  console.log(JSON.stringify(told));
}

function exporter(signal, protocol, name) {
  const Exporter = require(`@opentelemetry/exporter-${signal}-otlp-${PACKAGES[protocol]}`)[name];
  return new Exporter();
}

// The trace and span ids of one batch.
function tell(tracer, logger, batch) {
  const root = tracer.startSpan('batch', { attributes: ATTRIBUTES }, ROOT_CONTEXT);
  const within = trace.setSpan(ROOT_CONTEXT, root);
  const spans = [root];
  for (let step = 1; step < 20; step++) {
    const span = tracer.startSpan(`step-${step}`, { kind: SpanKind.CLIENT, attributes: ATTRIBUTES }, within);
    span.addEvent('retried', { times: 2 });
    if (step % 2) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'boom' });
    }
    spans.push(span);
  }
  for (let line = 0; line < 20; line++) {
    logger.emit({
      context: within,
      severityNumber: SeverityNumber.WARN,
      body: `line ${batch}-${line}`,
      attributes: ATTRIBUTES,
    });
  }
  spans.reverse().forEach((span) => span.end());
  return spans.map((span) => [span.spanContext().traceId, span.spanContext().spanId]);
}

main(process.argv[2], Number(process.argv[3]));
