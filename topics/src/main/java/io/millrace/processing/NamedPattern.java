package io.millrace.processing;

import java.util.function.Supplier;

/** Patterns of texts that are known by a name; their classes say what they are. */
public enum NamedPattern {
  CARD_NUMBER(CardNumber::new),
  BEARER_TOKEN(BearerToken::new),
  EMAIL(Email::new),
  IPV4(Ipv4::new),
  IPV6(Ipv6::new);

  @SuppressWarnings("ImmutableEnumChecker") // a constructor
  private final Supplier<TextPattern> pattern;

  NamedPattern(Supplier<TextPattern> pattern) {
    this.pattern = pattern;
  }

  TextPattern compile() {
    return pattern.get();
  }
}
