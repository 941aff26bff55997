package dev.anneal.service.access.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.access.quota.Quota;
import dev.anneal.service.access.quota.Usage;
import org.jspecify.annotations.Nullable;

/**
 * A quota in the API.
 *
 * @param limits effective limits; null for no limit
 * @param usage current usage
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record QuotaBody(String object, String projectId, Limits limits, Used usage) {

    static QuotaBody of(String projectId, Quota quota, Usage usage) {
        return new QuotaBody("anneal.quota", projectId, Limits.of(quota), Used.of(usage));
    }

    /** As {@link Quota}. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Limits(
            @Nullable Integer runningJobs,
            @Nullable Integer unfinishedJobs,
            @Nullable Long uploadBytes,
            @Nullable Long storedBytes,
            @Nullable Double trainingHoursPerMonth) {

        static Limits of(Quota quota) {
            return new Limits(
                    quota.runningJobs(),
                    quota.unfinishedJobs(),
                    quota.uploadBytes(),
                    quota.storedBytes(),
                    quota.trainingHoursPerMonth());
        }
    }

    /** As {@link Usage}. */
    record Used(int runningJobs, int unfinishedJobs, long storedBytes, double trainingHoursThisMonth) {

        static Used of(Usage usage) {
            return new Used(
                    usage.runningJobs(), usage.unfinishedJobs(), usage.storedBytes(), usage.trainingHoursThisMonth());
        }
    }
}
