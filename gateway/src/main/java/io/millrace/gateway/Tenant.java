package io.millrace.gateway;

import io.millrace.topics.RecordHeaders;
import java.util.regex.Pattern;

/** The rule for tenant names, which is Mimir's, Loki's and Tempo's. */
final class Tenant {

  static final String HEADER = RecordHeaders.TENANT;

  static final String RULE = "1 to 150 of a-z A-Z 0-9 ! - _ . * ' ( ), not . or ..";

  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9!\\-_.*'()]{1,150}");

  private Tenant() {}

  static boolean isValid(String name) {
    return NAME.matcher(name).matches();
  }
}
