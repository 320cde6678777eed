package io.millrace.traces;

import io.millrace.daemon.Durations;
import io.millrace.terminal.TextTable;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A result of {@code what-if} for people: what is kept in all, by policy, by service, and lost. */
final class WhatIfTables {

  private static final int MOST_SERVICES = 40;

  private final WhatIfResult result;
  private final List<String> lines = new ArrayList<>();

  private WhatIfTables(WhatIfResult result) {
    this.result = result;
  }

  static List<String> lines(WhatIfResult result) {
    return new WhatIfTables(result).lines();
  }

  private List<String> lines() {
    head();
    if (result.reports().get(0).all().traces() == 0) {
      lines.add("No trace began in that time.");
      return lines;
    }
    totals();
    result.reports().forEach(this::policies);
    services();
    lost();
    notes();
    return lines;
  }

  private void head() {
    Duration length = Duration.between(result.from(), result.to());
    lines.add(
        String.format(
            Locale.ROOT,
            "Traces that began from %s to %s (%s); %,d records of %d partitions read.",
            result.from().truncatedTo(ChronoUnit.SECONDS),
            result.to().truncatedTo(ChronoUnit.SECONDS),
            Durations.format(length.truncatedTo(ChronoUnit.SECONDS)),
            result.read().records(),
            result.partitions()));
  }

  private void totals() {
    TextTable table = new TextTable("", "traces", "", "spans", "", "bytes", "");
    Amount all = result.reports().get(0).all();
    table.row("all", number(all.traces()), "", number(all.spans()), "", bytes(all.bytes()), "");
    for (TrialReport report : result.reports()) {
      amount(table, "kept by " + report.name(), report.kept(), report.all());
    }
    print(table);
  }

  private static void amount(TextTable table, String name, Amount part, Amount all) {
    table.row(
        name,
        number(part.traces()),
        percent(part.traces(), all.traces()),
        number(part.spans()),
        percent(part.spans(), all.spans()),
        bytes(part.bytes()),
        percent(part.bytes(), all.bytes()));
  }

  private void policies(TrialReport report) {
    TextTable table =
        new TextTable("Kept by policy, " + report.name(), "traces", "", "spans", "", "bytes", "");
    report
        .keptByPolicy()
        .forEach((policy, kept) -> amount(table, "  " + policy, kept, report.all()));
    print(table);
  }

  private void services() {
    TrialReport first = result.reports().get(0);
    List<String> heads = new ArrayList<>(List.of("By service", "spans", "bytes"));
    result.reports().forEach(report -> heads.addAll(List.of("kept by " + report.name(), "")));
    TextTable table = new TextTable(heads.toArray(String[]::new));
    first.allByService().entrySet().stream()
        .sorted((a, b) -> Long.compare(b.getValue().spans(), a.getValue().spans()))
        .limit(MOST_SERVICES)
        .forEach(service -> table.row(service(service)));
    int more = first.allByService().size() - MOST_SERVICES;
    print(table);
    if (more > 0) {
      lines.add("  and " + more + " more; --json has them all");
    }
  }

  private String[] service(Map.Entry<String, Amount> service) {
    Amount all = service.getValue();
    List<String> cells =
        new ArrayList<>(List.of("  " + service.getKey(), number(all.spans()), bytes(all.bytes())));
    for (TrialReport report : result.reports()) {
      long kept = report.keptOf(service.getKey()).spans();
      cells.addAll(List.of(number(kept), percent(kept, all.spans())));
    }
    return cells.toArray(String[]::new);
  }

  private void lost() {
    List<String> heads = new ArrayList<>(List.of("Lost", "of"));
    result.reports().forEach(report -> heads.addAll(List.of(report.name(), "")));
    TextTable table = new TextTable(heads.toArray(String[]::new));
    table.row(lost("  traces with an error", result.reports(), TrialReport::errors));
    table.row(lost("  slow traces", result.reports(), TrialReport::slow));
    print(table);
  }

  private interface Which {
    TrialReport.Lost of(TrialReport report);
  }

  private static String[] lost(String name, List<TrialReport> reports, Which which) {
    List<String> cells = new ArrayList<>(List.of(name, number(which.of(reports.get(0)).all())));
    for (TrialReport report : reports) {
      TrialReport.Lost lost = which.of(report);
      cells.addAll(List.of(number(lost.lost()), percent(lost.lost(), lost.all())));
    }
    return cells.toArray(String[]::new);
  }

  private void notes() {
    lines.add("");
    for (TrialReport report : result.reports()) {
      note(report, report.tracesUnderWay(), "traces at the end were decided on what there was");
      note(report, report.earlyDecisions(), "traces were decided early: raise traces.memory-bytes");
      note(report, report.lateSpans().all(), "spans came late and followed their trace's verdict");
    }
    if (result.read().unreadable() > 0) {
      lines.add(number(result.read().unreadable()) + " records are not OTLP.");
    }
    lines.add("Nothing was sent, no offset was moved.");
  }

  private void note(TrialReport report, long count, String what) {
    if (count > 0) {
      lines.add("%s: %s %s.".formatted(report.name(), number(count), what));
    }
  }

  private void print(TextTable table) {
    lines.add("");
    lines.addAll(table.lines());
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String percent(long part, long all) {
    return all == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / all);
  }

  private static String bytes(long bytes) {
    if (bytes < 1 << 10) {
      return bytes + " B";
    }
    int unit = Math.min(4, (63 - Long.numberOfLeadingZeros(bytes)) / 10);
    double amount = bytes / (double) (1L << (10 * unit));
    return String.format(Locale.ROOT, "%.1f %siB", amount, " KMGT".charAt(unit));
  }
}
