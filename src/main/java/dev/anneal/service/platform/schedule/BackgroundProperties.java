package dev.anneal.service.platform.schedule;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Work in the background that one process does for all: webhooks, pushes to a Hub, sweeps.
 *
 * @param pollInterval how often a process looks for background work that is due, such as webhooks and pushes
 * @param takeover after this long without a sign of life from a process, others do its background work
 */
@ConfigurationProperties("anneal.background")
public record BackgroundProperties(
        @DefaultValue("1s") Duration pollInterval,
        @DefaultValue("1m") Duration takeover) {}
