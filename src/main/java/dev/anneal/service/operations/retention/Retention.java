package dev.anneal.service.operations.retention;

import dev.anneal.protocol.Setting;
import org.jspecify.annotations.Nullable;

/**
 * How many days a tenant's artifacts are kept; null means forever.
 *
 * @param intermediateCheckpointsDays all checkpoints of a job but the newest, counted from the job's end
 * @param exportsDays exports, counted from their completion
 */
public record Retention(
        @Setting(range = "[1, 36500]") @Nullable Integer intermediateCheckpointsDays,
        @Setting(range = "[1, 36500]") @Nullable Integer exportsDays) {

    /** Everything is kept. */
    public static final Retention NONE = new Retention(null, null);

    /** This retention with null values taken from {@code defaults}. */
    Retention or(Retention defaults) {
        return new Retention(
                intermediateCheckpointsDays == null
                        ? defaults.intermediateCheckpointsDays
                        : intermediateCheckpointsDays,
                exportsDays == null ? defaults.exportsDays : exportsDays);
    }
}
