package io.millrace.traces.policy;

import io.millrace.daemon.InvalidConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many of the traces that match a rule of {@code adaptive_tail_sampling} are sampled. */
public sealed interface AdaptiveSampler {

  /**
   * {@code always_sample} and {@code probabilistic}.
   *
   * @param percentage more than 0, up to 100
   */
  record Fixed(double percentage) implements AdaptiveSampler {}

  /**
   * {@code adaptive_percentage} and {@code adaptive_throughput}: as many as reach a goal, rare
   * fingerprints rather than frequent ones.
   *
   * @param goal what is to be reached
   * @param amount a percentage, or spans per second
   * @param initialPercentage of a fingerprint that was not seen before
   * @param fingerprint what tells kinds of traces apart; at least one selector
   * @param history what rates are learnt from
   * @param maxKeys fingerprints that are told apart; the others share one rate
   */
  record Adaptive(
      Goal goal,
      double amount,
      double initialPercentage,
      List<Selector> fingerprint,
      History history,
      int maxKeys)
      implements AdaptiveSampler {

    public Adaptive {
      fingerprint = List.copyOf(fingerprint);
    }
  }

  /** What an adaptive sampler aims at. */
  enum Goal {
    PERCENTAGE,
    THROUGHPUT
  }

  /**
   * The last intervals of log time, over which traffic is averaged.
   *
   * @param interval after each of which rates are computed anew
   * @param intervals how many are looked at
   * @param weight of the last one, that before by 1 - weight less, and so on; 0 for all alike
   */
  record History(Duration interval, int intervals, double weight) {

    /** The last interval may be under way. */
    Duration length() {
      return interval.multipliedBy(intervals + 1L);
    }
  }

  /** Where an attribute is looked for. */
  enum Scope {
    RESOURCE,
    SCOPE,
    SPAN,
    ROOT,
    ANY
  }

  /** An attribute that is part of a fingerprint, {@code resource.attributes["service.name"]}. */
  record Selector(Scope scope, String key) {

    private static final Pattern FORM =
        Pattern.compile("(resource|scope|span|root|any)\\.attributes\\[\"([^\"]+)\"\\]");

    static Selector parse(String path, String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new InvalidConfig(
            path,
            text,
            "resource, scope, span, root or any, and the attribute: span.attributes[\"key\"]");
      }
      Scope scope = Scope.valueOf(matcher.group(1).toUpperCase(Locale.ROOT));
      return new Selector(scope, matcher.group(2));
    }
  }
}
