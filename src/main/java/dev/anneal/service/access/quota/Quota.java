package dev.anneal.service.access.quota;

import dev.anneal.protocol.Setting;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a tenant; null is no limit of its own.
 *
 * @param runningJobs concurrent trainings, each once for each of its devices; if null, {@code
 *     anneal.queue.tenant-running-limit} applies
 * @param unfinishedJobs jobs that have not ended, including waiting and paused ones
 * @param uploadBytes maximum size of a file
 * @param storedBytes total size of files, checkpoints and exports
 * @param trainingHoursPerMonth hours that training slots, one for each device, were held for the tenant in a calendar
 *     month (UTC)
 */
public record Quota(
        @Setting(range = "[0, 2147483647]") @Nullable Integer runningJobs,
        @Setting(range = "[0, 2147483647]") @Nullable Integer unfinishedJobs,
        @Setting(range = "[0, )") @Nullable Long uploadBytes,
        @Setting(range = "[0, )") @Nullable Long storedBytes,
        @Setting(range = "[0, )") @Nullable Double trainingHoursPerMonth) {

    /** No limits. */
    public static final Quota NONE = new Quota(null, null, null, null, null);

    /** These limits, with null ones taken from {@code defaults}. */
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
