import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Counts the spans, log records and data points in the output folder of a pipeline, reading the
 * OTLP/JSON lines with nothing of Millrace. Run as a source file, with Jackson on the class path.
 */
class CountItems {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> METRIC_KINDS =
      List.of("gauge", "sum", "histogram", "exponentialHistogram", "summary");

  private interface Counter {
    long count(JsonNode request);
  }

  public static void main(String[] args) throws IOException {
    Path out = Path.of(args[0]);
    System.out.printf(
        "%d spans, %d log records, %d data points%n",
        count(out.resolve("traces"), request -> items(request, "Spans", "spans")),
        count(out.resolve("logs"), request -> items(request, "Logs", "logRecords")),
        count(out.resolve("metrics"), CountItems::dataPoints));
  }

  private static long count(Path folder, Counter counter) throws IOException {
    long count = 0;
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(file -> file.toString().endsWith(".jsonl")).toList();
    }
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        count += counter.count(JSON.readTree(line));
      }
    }
    return count;
  }

  private static long items(JsonNode request, String of, String name) {
    long count = 0;
    for (JsonNode resource : request.path("resource" + of)) {
      for (JsonNode scope : resource.path("scope" + of)) {
        count += scope.path(name).size();
      }
    }
    return count;
  }

  private static long dataPoints(JsonNode request) {
    long count = 0;
    for (JsonNode resource : request.path("resourceMetrics")) {
      for (JsonNode scope : resource.path("scopeMetrics")) {
        for (JsonNode metric : scope.path("metrics")) {
          for (String kind : METRIC_KINDS) {
            count += metric.path(kind).path("dataPoints").size();
          }
        }
      }
    }
    return count;
  }
}
