package io.millrace.topics;

import java.util.HashSet;
import java.util.Set;

/**
 * Bounds the values of the label {@code tenant}: tenants that are named have their own, and so have
 * the first {@value #MAX_UNNAMED} others that come; who comes after them is {@code <other>}, which
 * is nobody's name. Any thread.
 */
public final class TenantLabels {

  public static final int MAX_UNNAMED = 100;

  public static final String OTHER = "<other>";

  private final Set<String> labels = new HashSet<>();
  private final int maxLabels;

  public TenantLabels(Set<String> named) {
    labels.addAll(named);
    maxLabels = named.size() + MAX_UNNAMED;
  }

  public synchronized String label(String tenant) {
    if (labels.size() < maxLabels) {
      labels.add(tenant);
    }
    return labels.contains(tenant) ? tenant : OTHER;
  }
}
