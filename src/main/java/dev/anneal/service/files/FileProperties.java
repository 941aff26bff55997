package dev.anneal.service.files;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits and checks of uploaded files.
 *
 * @param maxSize maximum file size; the default is OpenAI's limit
 * @param sweepInterval how often a process looks for expired and incompletely uploaded files
 * @param checkThreads how many files one process checks or counts at a time
 * @param checkInterval how often a process looks for file checks that no process is doing; its own uploads are checked
 *     at once
 * @param checkLease how long a process may give no sign of life before another takes over its file check
 */
@Validated
@ConfigurationProperties("anneal.files")
public record FileProperties(
        @DefaultValue("512MB") DataSize maxSize,
        @DefaultValue("1m") Duration sweepInterval,
        @DefaultValue("1") @Min(1) int checkThreads,
        @DefaultValue("5s") Duration checkInterval,
        @DefaultValue("30s") Duration checkLease) {}
