package io.millrace.daemon;

import java.net.URI;
import java.time.Duration;

/** How a configuration value is shown to a person: on one line, without what must stay hidden. */
final class Shown {

  private static final int LONGEST = 200;

  private Shown() {}

  /** Durations in the short form, a URI without its credentials, all else as it prints itself. */
  static String value(Object value) {
    if (value instanceof Duration duration) {
      return Durations.format(duration);
    }
    return line(value instanceof URI uri ? uri(uri) : String.valueOf(value));
  }

  /** User name and password in a URI are masked together: either may be the token. */
  static String uri(URI uri) {
    return uri.toString().replaceFirst("//[^/?#]*@", "//" + Secret.MASK + "@");
  }

  /** At most {@value #LONGEST} characters, and nothing in them that could start a new line. */
  static String line(String text) {
    String oneLine = text.replaceAll("\\p{Cntrl}+", " ");
    return oneLine.length() <= LONGEST ? oneLine : oneLine.substring(0, LONGEST) + "...";
  }
}
