package io.millrace.metrics.prometheus;

import io.millrace.delivery.Answer;
import io.millrace.delivery.DeadReason;
import io.millrace.destination.HttpPost;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What a reply to remote write means for a batch. Two kinds of backends refuse in two ways:
 *
 * <ul>
 *   <li>Prometheus, by 1.0, stores nothing of a request with a sample it refuses. The batch is
 *       bisected, and what is refused ends alone in the dead-letter topic.
 *   <li>Mimir, Thanos, and whoever answers a request of 2.0 with its statistics, store the rest.
 *       Sent again, the rest is known to them; but a series of which the request had several
 *       samples would then be refused for its older ones, which are stored. So such a request, if
 *       the refusal is one of times, is settled: the refused samples are counted, by reason.
 * </ul>
 */
final class RemoteWriteAnswers {

  private static final String SAMPLES_WRITTEN = "X-Prometheus-Remote-Write-Samples-Written";
  private static final String HISTOGRAMS_WRITTEN = "X-Prometheus-Remote-Write-Histograms-Written";
  private static final String EXEMPLARS_WRITTEN = "X-Prometheus-Remote-Write-Exemplars-Written";

  private final RemoteWriteMeters meters;
  private final TargetTimes targetTimes;
  private final Clock clock;

  RemoteWriteAnswers(RemoteWriteMeters meters, TargetTimes targetTimes, Clock clock) {
    this.meters = meters;
    this.targetTimes = targetTimes;
    this.clock = clock;
  }

  /**
   * The backend says so, or took the request without saying what it has written, as one does that
   * reads it as 1.0 and finds nothing.
   */
  static boolean knowsNoVersion2(HttpPost.Reply reply) {
    return reply.status() == 415 || (reply.isSuccess() && written(reply.headers()).isEmpty());
  }

  Answer of(HttpPost.Reply reply, Sent sent) {
    OptionalLong written = storedOf(reply, sent);
    if (reply.isSuccess()) {
      long refused = Math.min(sent.items(), refusedOf(sent, written));
      return settled(sent, refused, refused == 0 ? "" : "the backend stored less than was sent");
    }
    Answer failure = reply.failure(clock);
    if (!(failure instanceof Answer.Refused refused)) {
      return failure;
    }
    if (written.isPresent() && refusedOf(sent, written) == 0 && blamesExemplars(reply)) {
      countExemplars(reply.headers(), sent);
      return settled(sent, 0, "");
    }
    if (storesTheRest(reply, written) && sent.severalTimes() && isOfTimes(refused.reason())) {
      long samples = Math.max(1, refusedOf(sent, written));
      meters.refused(refused.reason(), samples);
      return settled(sent, Math.min(samples, sent.items()), refused.message());
    }
    return refused;
  }

  /**
   * @param refusedItems data points of which the backend stored nothing, as far as it says
   */
  Answer settled(Sent sent, long refusedItems, String message) {
    meters.settled(sent);
    targetTimes.stored(sent.targetInfo());
    long unconvertible = sent.unconvertiblePoints();
    if (unconvertible == 0 && refusedItems == 0) {
      return Answer.Accepted.ALL;
    }
    String words =
        unconvertible == 0
            ? message
            : "%d data points have no place in Prometheus %s".formatted(unconvertible, message);
    return new Answer.Accepted(Math.min(sent.items(), unconvertible + refusedItems), words.strip());
  }

  /**
   * What the backend has written, if it says so. Mimir says it, too, but counts what it was sent:
   * its statistics of a request that it refuses tell nothing.
   */
  private static OptionalLong storedOf(HttpPost.Reply reply, Sent sent) {
    boolean told = sent.version2() && (reply.isSuccess() || !isMimirs(reply));
    return told ? written(reply.headers()) : OptionalLong.empty();
  }

  private static boolean isMimirs(HttpPost.Reply reply) {
    return lowerWords(reply).contains("err-mimir-");
  }

  private static boolean blamesExemplars(HttpPost.Reply reply) {
    return lowerWords(reply).contains("exemplar");
  }

  private static String lowerWords(HttpPost.Reply reply) {
    return reply.words().toLowerCase(Locale.ROOT);
  }

  private static long refusedOf(Sent sent, OptionalLong written) {
    return written.isPresent()
        ? Math.max(0, sent.samples() + (long) sent.histograms() - written.getAsLong())
        : 0;
  }

  private void countExemplars(HttpHeaders headers, Sent sent) {
    headers
        .firstValueAsLong(EXEMPLARS_WRITTEN)
        .ifPresent(count -> meters.refusedExemplars(Math.max(0, sent.exemplars() - count)));
  }

  /** Samples and histograms together; empty if neither is told. */
  private static OptionalLong written(HttpHeaders headers) {
    OptionalLong samples = count(headers, SAMPLES_WRITTEN);
    OptionalLong histograms = count(headers, HISTOGRAMS_WRITTEN);
    return samples.isEmpty() && histograms.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(samples.orElse(0) + histograms.orElse(0));
  }

  private static OptionalLong count(HttpHeaders headers, String name) {
    return headers
        .firstValue(name)
        .filter(value -> value.matches("\\d{1,18}"))
        .map(value -> OptionalLong.of(Long.parseLong(value)))
        .orElse(OptionalLong.empty());
  }

  /** Mimir names the sample, Thanos answers with a conflict of its own. */
  private static boolean storesTheRest(HttpPost.Reply reply, OptionalLong written) {
    return written.isPresent() || reply.status() == 409 || isMimirs(reply);
  }

  private static boolean isOfTimes(DeadReason reason) {
    return switch (reason) {
      case OUT_OF_ORDER, DUPLICATE, TOO_OLD, TOO_NEW -> true;
      default -> false;
    };
  }
}
