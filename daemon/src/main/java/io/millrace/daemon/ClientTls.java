package io.millrace.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom a client trusts and what it shows of itself. Each handshake looks whether the files have
 * changed; files that cannot be used change nothing and are named in the log once. Any thread.
 */
public final class ClientTls {

  private static final Logger log = LoggerFactory.getLogger(ClientTls.class);

  private final String owner;
  private final ClientTlsConfig config;
  private List<FileTime> seen;
  private Loaded loaded;

  private record Loaded(X509ExtendedTrustManager trust, @Nullable X509ExtendedKeyManager keys) {}

  private ClientTls(String owner, ClientTlsConfig config) throws PemFiles.Unusable {
    this.owner = owner;
    this.config = config;
    this.seen = modified();
    this.loaded = load(config);
  }

  /**
   * @param owner key of the configuration, for errors and the log
   * @throws CannotStart if the files cannot be used
   */
  public static ClientTls open(String owner, ClientTlsConfig config) {
    try {
      return new ClientTls(owner, config);
    } catch (PemFiles.Unusable e) {
      throw new CannotStart(owner + ": " + e.getMessage(), e);
    }
  }

  /** Verifies servers; the name is checked by what the engine was made for. */
  public TrustManager trustManager() {
    return new LatestTrust(() -> latest().trust());
  }

  /** Our certificate, if there is one. */
  public Optional<KeyManager> keyManager() {
    return config.certFile().isPresent()
        ? Optional.of(new LatestKey(() -> Objects.requireNonNull(latest().keys())))
        : Optional.empty();
  }

  /** For {@code java.net.http}, which takes the name of the server from the URL. */
  public SSLContext sslContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] keys = keyManager().stream().toArray(KeyManager[]::new);
      context.init(keys, new TrustManager[] {trustManager()}, null);
      return config
          .serverNameOverride()
          .map(name -> NamedServer.context(context, name))
          .orElse(context);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has TLS
    }
  }

  private synchronized Loaded latest() {
    List<FileTime> now = modified();
    if (!now.equals(seen)) {
      seen = now;
      try {
        loaded = load(config);
        log.info("{}: certificates read again", owner);
      } catch (PemFiles.Unusable e) {
        log.warn("{}: {}; the certificates read before stay", owner, e.getMessage());
      }
    }
    return loaded;
  }

  private List<FileTime> modified() {
    return Stream.of(config.caFile(), config.certFile(), config.keyFile())
        .flatMap(Optional::stream)
        .map(ClientTls::modified)
        .toList();
  }

  /** A file that is not there has the time zero: its absence is a change like any other. */
  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private static Loaded load(ClientTlsConfig config) throws PemFiles.Unusable {
    try {
      return new Loaded(trust(config), keys(config));
    } catch (GeneralSecurityException | IOException e) {
      throw new PemFiles.Unusable(
          "%s: not a certificate and its private key"
              .formatted(config.certFile().map(Path::toString).orElse("TLS")));
    }
  }

  private static X509ExtendedTrustManager trust(ClientTlsConfig config)
      throws PemFiles.Unusable, GeneralSecurityException, IOException {
    if (config.insecureSkipVerify()) {
      return new TrustAnyone();
    }
    KeyStore roots = null;
    if (config.caFile().isPresent()) {
      roots = empty();
      int number = 0;
      for (X509Certificate one : PemFiles.certificates(config.caFile().get())) {
        roots.setCertificateEntry("ca-" + number++, one);
      }
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(roots);
    return only(factory.getTrustManagers(), X509ExtendedTrustManager.class);
  }

  private static @Nullable X509ExtendedKeyManager keys(ClientTlsConfig config)
      throws PemFiles.Unusable, GeneralSecurityException, IOException {
    if (config.certFile().isEmpty() || config.keyFile().isEmpty()) {
      return null;
    }
    KeyStore store = empty();
    store.setKeyEntry(
        "client",
        PemFiles.key(config.keyFile().get()),
        new char[0],
        PemFiles.certificates(config.certFile().get()));
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return only(factory.getKeyManagers(), X509ExtendedKeyManager.class);
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static <M> M only(Object[] managers, Class<M> type) {
    return Stream.of(managers).filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
  }
}
