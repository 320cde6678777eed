package io.millrace.gateway;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of one listener, as its files have them. New connections get what was read last;
 * files that cannot be used change nothing and are named in the log once.
 */
final class TlsFiles implements TlsProvider {

  private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);

  private final String listener;
  private final Path certificate;
  private final Path key;
  private final List<Path> clientCa;
  private volatile Loaded loaded;
  private List<FileTime> seen;

  /**
   * @param listener its key in the configuration, for the log
   * @throws Unusable if the files cannot be used
   */
  TlsFiles(String listener, TlsConfig config) throws Unusable {
    this.listener = listener;
    certificate = config.certificate().orElseThrow();
    key = config.key().orElseThrow();
    clientCa = config.clientCa().stream().toList();
    seen = modified();
    loaded = load();
  }

  @Override
  public TlsKeyPair keyPair(String hostname) {
    return loaded.keyPair();
  }

  @Override
  public List<X509Certificate> trustedCertificates(String hostname) {
    return loaded.trusted();
  }

  /** Reads the files again if one has changed. Called by one thread, which may block. */
  void refresh() {
    List<FileTime> now = modified();
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      loaded = load();
      log.info("{}.tls: certificates read again", listener);
    } catch (Unusable e) {
      log.warn("{}.tls: {}; the certificates read before stay", listener, e.getMessage());
    }
  }

  private List<FileTime> modified() {
    List<FileTime> times = new ArrayList<>(List.of(modified(certificate), modified(key)));
    clientCa.forEach(file -> times.add(modified(file)));
    return times;
  }

  /** A file that is not there has the time zero: its absence is a change like any other. */
  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private Loaded load() throws Unusable {
    List<X509Certificate> trusted = new ArrayList<>();
    for (Path file : clientCa) {
      trusted.addAll(certificates(file));
    }
    requireType(certificates(certificate).get(0));
    TlsKeyPair pair;
    try (InputStream keyFile = new ByteArrayInputStream(Files.readAllBytes(key));
        InputStream chain = new ByteArrayInputStream(Files.readAllBytes(certificate))) {
      pair = TlsKeyPair.of(keyFile, chain);
      requirePair(pair);
    } catch (IOException | IllegalArgumentException | GeneralSecurityException e) {
      // The cause may quote the key.
      throw new Unusable(
          "%s, %s: not a certificate and its private key in PEM".formatted(certificate, key));
    }
    return new Loaded(pair, List.copyOf(trusted));
  }

  /** While files are being replaced, one may be new and the other old. */
  private static void requirePair(TlsKeyPair pair) throws GeneralSecurityException {
    String type = pair.privateKey().getAlgorithm();
    Signature signature =
        Signature.getInstance(type.equals("EC") ? "SHA256withECDSA" : "SHA256with" + type);
    byte[] probe = {1};
    signature.initSign(pair.privateKey());
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(pair.certificateChain().get(0));
    signature.update(probe);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("another key");
    }
  }

  /** Netty reads the private keys of no others, of Ed25519 for instance. */
  private void requireType(X509Certificate certificate) throws Unusable {
    String type = certificate.getPublicKey().getAlgorithm();
    if (!type.equals("RSA") && !type.equals("EC")) {
      throw new Unusable("%s: an %s key (expected: RSA or EC)".formatted(this.certificate, type));
    }
  }

  private static List<X509Certificate> certificates(Path file) throws Unusable {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> found = new ArrayList<>();
      for (var one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        found.add((X509Certificate) one);
      }
      if (!found.isEmpty()) {
        return found;
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new Unusable(file + ": no certificates in PEM");
    }
    throw new Unusable(file + ": no certificates in PEM");
  }

  private record Loaded(TlsKeyPair keyPair, List<X509Certificate> trusted) {}

  /** Files that cannot be used; the message names them and quotes nothing. */
  static final class Unusable extends Exception {

    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }
}
