package io.millrace.standalone;

import java.util.Properties;

/**
 * What the launcher found out about the person's terminal; the JVM itself cannot tell.
 *
 * @param live a terminal that understands cursor movements
 * @param columns its width
 */
record Terminal(boolean live, int columns) {

  private static final int USUAL_COLUMNS = 80;

  /** From {@code millrace.terminal} and {@code millrace.columns}. */
  static Terminal of(Properties properties) {
    String columns = properties.getProperty("millrace.columns", "");
    return new Terminal(
        Boolean.parseBoolean(properties.getProperty("millrace.terminal")),
        columns.matches("[1-9]\\d{0,4}") ? Integer.parseInt(columns) : USUAL_COLUMNS);
  }
}
