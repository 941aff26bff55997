package dev.anneal.service.operations.retention;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationStyle;

/**
 * Default retention of artifacts, which administrators can override for a project. Null: kept forever.
 *
 * @param intermediateCheckpoints age at which all but the newest checkpoint of a job that has ended are deleted, except
 *     those that something was made from; whole days
 * @param exports age at which exports are deleted, counted from completion; whole days
 * @param history age at which the events, samples and steps of a job are deleted, counted from its end; whole days
 * @param trainingStates when, counted from the end of a job, the optimizer state of all but its newest checkpoint is
 *     deleted, and the checkpoints that are not annealed: whole days, at least one, or {@code never}
 * @param orphans when objects that no row refers to are deleted from the store, counted from when they were first seen:
 *     at least one day, or {@code never}
 * @param interval how often one of the processes looks for expired data and orphans
 */
@ConfigurationProperties("anneal.retention")
record RetentionProperties(
        @Nullable Duration intermediateCheckpoints,
        @Nullable Duration exports,
        @Nullable Duration history,
        @DefaultValue("1d") String trainingStates,
        @DefaultValue("7d") String orphans,
        @DefaultValue("1d") Duration interval) {

    private static final String NEVER = "never";

    RetentionProperties {
        requireDays("intermediate-checkpoints", intermediateCheckpoints);
        requireDays("exports", exports);
        requireDays("history", history);
        requireDays("training-states", ageOf("training-states", trainingStates));
        Duration age = ageOf("orphans", orphans);
        if (age != null && age.compareTo(Duration.ofDays(1)) < 0) {
            throw unusable("orphans", "it is " + orphans);
        }
    }

    private static @Nullable Duration ageOf(String name, String value) {
        try {
            return value.equals(NEVER) ? null : DurationStyle.detectAndParse(value);
        } catch (IllegalArgumentException e) {
            throw unusable(name, e.getMessage());
        }
    }

    private static IllegalArgumentException unusable(String name, @Nullable String reason) {
        return new IllegalArgumentException("anneal.retention." + name + " must be at least 1d, or 'never': " + reason);
    }

    private static void requireDays(String name, @Nullable Duration kept) {
        if (kept != null && (kept.toDays() < 1 || !kept.equals(Duration.ofDays(kept.toDays())))) {
            throw new IllegalArgumentException(
                    "anneal.retention." + name + " must be whole days, 1d at least, but is " + kept);
        }
    }

    Retention retention() {
        return new Retention(days(intermediateCheckpoints), days(exports));
    }

    /** Days from a job's end until its history is deleted; null is never. */
    @Nullable
    Integer historyDays() {
        return days(history);
    }

    /** Days from a job's end until the training states of its older checkpoints are deleted; null is never. */
    @Nullable
    Integer trainingStateDays() {
        return days(ageOf("training-states", trainingStates));
    }

    /** Age at which orphans are deleted; null is never. */
    @Nullable
    Duration orphanAge() {
        return ageOf("orphans", orphans);
    }

    private static @Nullable Integer days(@Nullable Duration kept) {
        return kept == null ? null : Math.toIntExact(kept.toDays());
    }
}
