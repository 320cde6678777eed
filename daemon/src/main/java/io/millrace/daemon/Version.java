package io.millrace.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * Which build this is.
 *
 * @param version the Maven version
 * @param commit the commit it was built from; empty if the build was not told
 */
public record Version(String version, String commit) {

  public static Version current() {
    Properties properties = new Properties();
    try (InputStream resource = Version.class.getResourceAsStream("version.properties")) {
      if (resource == null) {
        throw new IllegalStateException("version.properties is missing from the class path");
      }
      properties.load(resource);
    } catch (IOException e) {
      throw new IllegalStateException("version.properties cannot be read", e);
    }
    return new Version(properties.getProperty("version"), properties.getProperty("commit"));
  }

  /** One line for {@code --version}. */
  String line(String name) {
    return name + " " + version + (commit.isEmpty() ? "" : " (" + commit + ")");
  }
}
