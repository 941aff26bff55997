package dev.anneal.service.platform.schedule;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Background work that one process does for all: webhooks, pushes to a Hub, sweeps.
 *
 * @param pollInterval how often a process looks for due background work
 * @param takeover how long a process may give no sign of life before others take over its background work
 */
@ConfigurationProperties("anneal.background")
public record BackgroundProperties(
        @DefaultValue("1s") Duration pollInterval,
        @DefaultValue("1m") Duration takeover) {}
