package dev.anneal.service.files.upload;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of uploads in parts.
 *
 * @param expiry how long after its creation an upload accepts parts; the default is OpenAI's limit
 * @param pending maximum number of pending uploads of one tenant
 * @param sweepInterval how often a process looks for expired uploads and unneeded parts
 */
@Validated
@ConfigurationProperties("anneal.uploads")
record UploadProperties(
        @DefaultValue("1h") Duration expiry,
        @DefaultValue("1000") @Min(1) int pending,
        @DefaultValue("1m") Duration sweepInterval) {}
