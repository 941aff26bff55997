package dev.anneal.service.operations.metrics;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How meters are kept.
 *
 * @param queueRefreshInterval how often the queue's meters are read from the database
 */
@Validated
@ConfigurationProperties("anneal.metrics")
record MetricsProperties(@DefaultValue("10s") Duration queueRefreshInterval) {}
