package dev.anneal.service.upload;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Files that arrive in parts.
 *
 * @param expiry how long after its creation an upload takes parts; OpenAI's limit by default
 * @param sweepInterval how often expired uploads and parts that nobody needs are looked for
 */
@ConfigurationProperties("anneal.uploads")
record UploadProperties(
        @DefaultValue("1h") Duration expiry,
        @DefaultValue("1m") Duration sweepInterval) {}
