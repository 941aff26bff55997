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
 * @param heartbeatInterval a comment is sent after this long without an event, so that no proxy closes the stream as
 *     dead
 * @param maxStreams maximum number of concurrent streams of this process; at most half of them for one tenant; each
 *     occupies a container thread, at most half of them
 */
@Validated
@ConfigurationProperties("anneal.event-streams")
record StreamProperties(
        @DefaultValue("500ms") Duration pollInterval,
        @DefaultValue("15s") Duration heartbeatInterval,
        @DefaultValue("100") @Min(1) int maxStreams) {

    /** Half of the streams, so that a tenant with many streams does not keep out the others. */
    int maxStreamsOfTenant() {
        return (maxStreams + 1) / 2;
    }
}
