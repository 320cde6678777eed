package io.millrace.daemon;

import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS towards a server, from PEM files, which are read again when they change. Without any of these
 * the JVM's own roots are trusted. The keys are the Collector's.
 *
 * @param caFile who signs the server's certificate, in place of the JVM's roots
 * @param certFile our certificate, then those between it and the root, where the server asks for it
 * @param keyFile its private key, PKCS 8, without a password
 * @param insecureSkipVerify accept any certificate of any name; for tests
 * @param serverNameOverride name that the server's certificate must be for, in place of the URL's
 *     host
 */
public record ClientTlsConfig(
    Optional<Path> caFile,
    Optional<Path> certFile,
    Optional<Path> keyFile,
    boolean insecureSkipVerify,
    Optional<String> serverNameOverride) {

  public static final ClientTlsConfig DEFAULT =
      new ClientTlsConfig(
          Optional.empty(), Optional.empty(), Optional.empty(), false, Optional.empty());

  public ClientTlsConfig {
    if (certFile.isPresent() != keyFile.isPresent()) {
      throw new InvalidConfig(
          certFile.isPresent() ? "key-file" : "cert-file", "missing", "both or none of them");
    }
    if (insecureSkipVerify && caFile.isPresent()) {
      throw new InvalidConfig(
          "insecure-skip-verify", true, "false beside ca-file, which would have no effect");
    }
  }

  /** Does nobody ask for anything? */
  public boolean isDefault() {
    return equals(DEFAULT);
  }
}
