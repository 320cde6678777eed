package io.millrace.metrics.delta;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;

/**
 * What tells series apart, above their attributes: tenant, resource attributes, scope (name,
 * version, attributes), and of the metric name, unit, type and whether it is monotonic. Attributes
 * are sets of encoded pairs; a description tells nothing apart.
 */
final class Identity {

  private static final int RESOURCE_TAG = lengthDelimited(1);
  private static final int RESOURCE_ATTRIBUTE_TAG = lengthDelimited(1);
  private static final int SCOPE_TAG = lengthDelimited(1);
  private static final int SCOPE_NAME_TAG = lengthDelimited(1);
  private static final int SCOPE_VERSION_TAG = lengthDelimited(2);
  private static final int SCOPE_ATTRIBUTE_TAG = lengthDelimited(3);
  private static final int METRIC_NAME_TAG = lengthDelimited(1);
  private static final int METRIC_UNIT_TAG = lengthDelimited(3);
  private static final byte[] NOTHING = {};

  private final WireReader envelope = new WireReader(NOTHING, 1);
  private final WireReader message = new WireReader(NOTHING, 2);
  private final Hash128 tenant = new Hash128();
  private final Hash128 resource = new Hash128();
  private final Hash128 scope = new Hash128();
  private final Hash128 scopeAttributes = new Hash128();
  private final Hash128 head = new Hash128();

  private static int lengthDelimited(int field) {
    return WireReader.tag(field, WireReader.LENGTH_DELIMITED);
  }

  void tenant(String name) {
    byte[] bytes = name.getBytes(UTF_8);
    tenant.clear();
    tenant.append(bytes, 0, bytes.length);
  }

  /**
   * @param fields those of ResourceMetrics
   */
  void resource(WireWriter fields) throws MalformedOtlp {
    resource.clear();
    envelope.over(fields.bytes(), 0, fields.size());
    while (envelope.next()) {
      if (envelope.tag() == RESOURCE_TAG) {
        message.over(fields.bytes(), envelope.from(), envelope.end());
        while (message.next()) {
          if (message.tag() == RESOURCE_ATTRIBUTE_TAG) {
            resource.addToSet(fields.bytes(), message.from(), message.end());
          }
        }
      }
    }
  }

  /**
   * @param fields those of ScopeMetrics
   */
  void scope(WireWriter fields) throws MalformedOtlp {
    scope.clear();
    scopeAttributes.clear();
    envelope.over(fields.bytes(), 0, fields.size());
    while (envelope.next()) {
      if (envelope.tag() == SCOPE_TAG) {
        addScope(fields.bytes(), envelope.from(), envelope.end());
      }
    }
    scope.append(scopeAttributes);
  }

  private void addScope(byte[] source, int from, int to) throws MalformedOtlp {
    message.over(source, from, to);
    while (message.next()) {
      if (message.tag() == SCOPE_ATTRIBUTE_TAG) {
        scopeAttributes.addToSet(source, message.from(), message.end());
      } else if (message.tag() == SCOPE_NAME_TAG || message.tag() == SCOPE_VERSION_TAG) {
        addText(scope, source, message);
      }
    }
  }

  /**
   * @param fields those of Metric, without its data
   * @return the hash of all; holds until the next metric
   */
  Hash128 metric(WireWriter fields, MetricType type, boolean monotonic) throws MalformedOtlp {
    head.clear();
    head.append(tenant);
    head.append(resource);
    head.append(scope);
    head.append(type.field() << 1 | (monotonic ? 1 : 0));
    envelope.over(fields.bytes(), 0, fields.size());
    while (envelope.next()) {
      if (envelope.tag() == METRIC_NAME_TAG || envelope.tag() == METRIC_UNIT_TAG) {
        addText(head, fields.bytes(), envelope);
      }
    }
    return head;
  }

  /** An empty text is the same as none, whether it was written or not. */
  private static void addText(Hash128 hash, byte[] source, WireReader field) {
    if (field.from() < field.end()) {
      hash.append(field.field());
      hash.append(source, field.from(), field.end());
    }
  }
}
