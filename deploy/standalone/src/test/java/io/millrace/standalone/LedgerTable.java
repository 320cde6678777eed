package io.millrace.standalone;

import io.millrace.daemon.Daemon;
import io.millrace.ledger.LedgerCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * What {@code ledger} says of a fleet.
 *
 * @param closes whether each sum is that of its parts
 * @param lines as it prints them
 */
public record LedgerTable(boolean closes, List<String> lines) {

  /**
   * Runs the command in this JVM.
   *
   * @param processes URLs of admin ports
   */
  public static LedgerTable of(Collection<String> processes) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Daemon.commandLine(new LedgerCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(processes.toArray(String[]::new));
    return new LedgerTable(status == Daemon.OK, (out + "" + err).lines().toList());
  }

  /**
   * The figure in a row and column of the first table that has both.
   *
   * @param row {@code published}
   * @param column {@code logs} of gateways, {@code logs/loki} of processors
   */
  public int figure(String row, String column) {
    List<String> heads = List.of();
    for (String line : lines) {
      List<String> cells = Arrays.asList(line.strip().split(" {2,}"));
      if (line.startsWith("gateways") || line.startsWith("processors")) {
        heads = cells;
      } else if (heads.contains(column) && cells.get(0).equals(row)) {
        return Integer.parseInt(cells.get(heads.indexOf(column)).replace(",", ""));
      }
    }
    throw new AssertionError("no %s of %s in %s".formatted(row, column, lines));
  }
}
