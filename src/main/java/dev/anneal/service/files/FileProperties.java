package dev.anneal.service.files;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Uploaded files.
 *
 * @param maxSize largest file; OpenAI's limit by default
 * @param sweepInterval how often expired and half uploaded files are looked for
 */
@Validated
@ConfigurationProperties("anneal.files")
record FileProperties(
        @DefaultValue("512MB") DataSize maxSize,
        @DefaultValue("1m") Duration sweepInterval) {}
