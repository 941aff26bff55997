package dev.anneal.service.files.upload;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Files that arrive in parts.
 *
 * @param expiry how long after its creation an upload takes parts; OpenAI's limit by default
 * @param pending how many uploads of one tenant take parts at a time
 * @param sweepInterval how often expired uploads and parts that nobody needs are looked for
 */
@Validated
@ConfigurationProperties("anneal.uploads")
record UploadProperties(
        @DefaultValue("1h") Duration expiry,
        @DefaultValue("1000") @Min(1) int pending,
        @DefaultValue("1m") Duration sweepInterval) {}
