package dev.anneal.service.operations.metrics;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Refresh of metrics.
 *
 * @param queueRefreshInterval how often the queue's metrics are read from the database
 */
@Validated
@ConfigurationProperties("anneal.metrics")
record MetricsProperties(@DefaultValue("10s") Duration queueRefreshInterval) {}
