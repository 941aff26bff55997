package dev.anneal.service.training.http;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Streams of a job's events.
 *
 * @param pollInterval how often a stream looks for new events
 * @param heartbeatInterval after this long without an event a comment is sent, so that no proxy takes the stream for dead
 * @param maxStreams streams that this process serves at a time; each has a thread of the container, at most half of them
 */
@Validated
@ConfigurationProperties("anneal.event-streams")
record StreamProperties(
        @DefaultValue("500ms") Duration pollInterval,
        @DefaultValue("15s") Duration heartbeatInterval,
        @DefaultValue("100") @Min(1) int maxStreams) {}
