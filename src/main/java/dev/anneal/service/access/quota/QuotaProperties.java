package dev.anneal.service.access.quota;

import jakarta.validation.constraints.PositiveOrZero;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What each tenant may use unless an administrator has said otherwise for it. Absent: no limit. How many trainings of a tenant run at a time is
 * {@code anneal.queue.tenant-running-limit}, because it is the queue that counts them.
 *
 * @param unfinishedJobs jobs of one tenant that have not ended
 * @param uploadSize largest file, where that is less than {@code anneal.files.max-size}
 * @param storedSize files, checkpoints and exports of one tenant together
 * @param trainingHoursPerMonth hours of training slots in a calendar month (UTC)
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
