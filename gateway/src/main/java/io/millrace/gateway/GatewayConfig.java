package io.millrace.gateway;

import io.millrace.daemon.AdminConfig;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;

/**
 * Everything a gateway can be told.
 *
 * @param kafka how to reach Kafka
 * @param topics where each signal goes
 * @param admin the admin port
 * @param gateway what is the gateway's own
 */
public record GatewayConfig(
    KafkaConfig kafka, TopicsConfig topics, AdminConfig admin, GatewaySection gateway) {

  public static final GatewayConfig DEFAULT =
      new GatewayConfig(
          KafkaConfig.DEFAULT, TopicsConfig.DEFAULT, AdminConfig.DEFAULT, GatewaySection.DEFAULT);
}
