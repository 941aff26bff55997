package dev.anneal.service.operations.retention;

import org.jspecify.annotations.Nullable;

/**
 * How many days a tenant's artifacts are kept; null is for good.
 *
 * @param intermediateCheckpoints all but the newest of a job, counted from the job's end
 * @param exports counted from their completion
 */
public record Retention(
        @Nullable Integer intermediateCheckpoints, @Nullable Integer exports) {

    /** Everything is kept. */
    public static final Retention NONE = new Retention(null, null);

    /** This, and what {@code defaults} say where nothing is said here. */
    Retention or(Retention defaults) {
        return new Retention(
                intermediateCheckpoints == null ? defaults.intermediateCheckpoints : intermediateCheckpoints,
                exports == null ? defaults.exports : exports);
    }
}
