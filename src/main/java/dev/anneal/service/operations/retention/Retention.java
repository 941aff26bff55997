package dev.anneal.service.operations.retention;

import org.jspecify.annotations.Nullable;

/**
 * How many days a tenant's artifacts are kept; null means forever.
 *
 * @param intermediateCheckpoints all checkpoints of a job but the newest, counted from the job's end
 * @param exports exports, counted from their completion
 */
public record Retention(
        @Nullable Integer intermediateCheckpoints, @Nullable Integer exports) {

    /** Everything is kept. */
    public static final Retention NONE = new Retention(null, null);

    /** This retention with null values taken from {@code defaults}. */
    Retention or(Retention defaults) {
        return new Retention(
                intermediateCheckpoints == null ? defaults.intermediateCheckpoints : intermediateCheckpoints,
                exports == null ? defaults.exports : exports);
    }
}
