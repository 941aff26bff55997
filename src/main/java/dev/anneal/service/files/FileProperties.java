package dev.anneal.service.files;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Uploaded files and their checks.
 *
 * @param maxSize largest file; OpenAI's limit by default
 * @param sweepInterval how often expired and half uploaded files are looked for
 * @param checkThreads files that one process checks or counts at a time
 * @param checkInterval how often a process looks for checks that nobody does; its own uploads are checked at once
 * @param checkLease after this long without a sign of life another process takes over a check
 */
@Validated
@ConfigurationProperties("anneal.files")
public record FileProperties(
        @DefaultValue("512MB") DataSize maxSize,
        @DefaultValue("1m") Duration sweepInterval,
        @DefaultValue("1") @Min(1) int checkThreads,
        @DefaultValue("5s") Duration checkInterval,
        @DefaultValue("30s") Duration checkLease) {}
