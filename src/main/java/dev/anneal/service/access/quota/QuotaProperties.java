package dev.anneal.service.access.quota;

import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Default quotas of each tenant, which administrators can override. Null: no limit.
 * {@code anneal.queue.tenant-running-limit} limits concurrent trainings.
 *
 * @param unfinishedJobs number of a tenant's jobs that have not ended
 * @param uploadSize maximum file size of a tenant, if less than {@code anneal.files.max-size}
 * @param storedSize total size of a tenant's files, checkpoints and exports
 * @param trainingHoursPerMonth hours of training slots, one for each device, of one tenant in a calendar month (UTC)
 */
@Validated
@ConfigurationProperties("anneal.quotas")
record QuotaProperties(
        @Nullable @PositiveOrZero Integer unfinishedJobs,
        @Nullable DataSize uploadSize,
        @Nullable DataSize storedSize,
        @Nullable @PositiveOrZero Double trainingHoursPerMonth) {

    Quota quota() {
        return new Quota(null, unfinishedJobs, bytes(uploadSize), bytes(storedSize), trainingHoursPerMonth);
    }

    private static @Nullable Long bytes(@Nullable DataSize size) {
        return size == null ? null : size.toBytes();
    }
}
