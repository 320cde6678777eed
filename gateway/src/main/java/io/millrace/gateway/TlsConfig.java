package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * TLS of a listener, from PEM files, which are read again when they change. Without a certificate
 * the listener is plain text.
 *
 * @param certificate the server's certificate, then those between it and the root
 * @param key its private key, PKCS 8, without a password
 * @param clientCa who signs clients' certificates; with it only clients that have one are served
 */
public record TlsConfig(Optional<Path> certificate, Optional<Path> key, Optional<Path> clientCa) {

  public static final TlsConfig NONE =
      new TlsConfig(Optional.empty(), Optional.empty(), Optional.empty());

  public TlsConfig {
    if (certificate.isPresent() != key.isPresent()) {
      throw new InvalidConfig(
          certificate.isPresent() ? "key" : "certificate", "missing", "both or none of them");
    }
    if (clientCa.isPresent() && certificate.isEmpty()) {
      throw new InvalidConfig("client-ca", clientCa.get(), "certificate and key with it");
    }
  }
}
