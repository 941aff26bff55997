package dev.anneal.service.access.quota;

import org.jspecify.annotations.Nullable;

/**
 * What a tenant may use; null is no limit of its own.
 *
 * @param runningJobs trainings that run at a time; where null, {@code anneal.queue.tenant-running-limit} decides
 * @param unfinishedJobs jobs that have not ended, waiting and paused ones included
 * @param uploadBytes size of one file
 * @param storedBytes what files, checkpoints and exports take in the artifact store
 * @param trainingHoursPerMonth hours that training slots, one for each device, were held for the tenant in a calendar month (UTC)
 */
public record Quota(
        @Nullable Integer runningJobs,
        @Nullable Integer unfinishedJobs,
        @Nullable Long uploadBytes,
        @Nullable Long storedBytes,
        @Nullable Double trainingHoursPerMonth) {

    /** No limits. */
    public static final Quota NONE = new Quota(null, null, null, null, null);

    /** These limits, and those of {@code defaults} where there is none here. */
    Quota or(Quota defaults) {
        return new Quota(
                first(runningJobs, defaults.runningJobs),
                first(unfinishedJobs, defaults.unfinishedJobs),
                first(uploadBytes, defaults.uploadBytes),
                first(storedBytes, defaults.storedBytes),
                first(trainingHoursPerMonth, defaults.trainingHoursPerMonth));
    }

    private static <T> @Nullable T first(@Nullable T own, @Nullable T other) {
        return own == null ? other : own;
    }
}
