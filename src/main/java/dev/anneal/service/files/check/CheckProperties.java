package dev.anneal.service.files.check;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The checks of files.
 *
 * @param checkThreads files that one process checks or counts at a time
 * @param checkInterval how often a process looks for checks that nobody does; its own uploads are checked at once
 * @param checkLease after this long without a sign of life another process takes over a check
 */
@Validated
@ConfigurationProperties("anneal.files")
record CheckProperties(
        @DefaultValue("1") @Min(1) int checkThreads,
        @DefaultValue("5s") Duration checkInterval,
        @DefaultValue("30s") Duration checkLease) {}
