package dev.anneal.service.operations.retention;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationStyle;

/**
 * How long artifacts are kept, unless an administrator has said otherwise for a project. Absent: for good.
 *
 * @param intermediateCheckpoints when all but the newest checkpoint of a job that has ended are deleted, but for those that something was made from;
 *     whole days
 * @param exports when exports are deleted, counted from their completion; whole days
 * @param trainingStates when of all but the newest checkpoint of a job that has ended the optimizer's state is deleted, and those that are not annealed: a
 *     day at least, or {@code never}
 * @param orphans when what no row names is deleted from the store, counted from when that was first seen: a day at least, or {@code never}
 * @param interval how often one of the processes looks
 */
@ConfigurationProperties("anneal.retention")
record RetentionProperties(
        @Nullable Duration intermediateCheckpoints,
        @Nullable Duration exports,
        @DefaultValue("1d") String trainingStates,
        @DefaultValue("7d") String orphans,
        @DefaultValue("1d") Duration interval) {

    private static final String NEVER = "never";

    RetentionProperties {
        requireDays("intermediate-checkpoints", intermediateCheckpoints);
        requireDays("exports", exports);
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

    /** Days after a job's end until what nobody can use of its older checkpoints goes; null is never. */
    @Nullable
    Integer trainingStateDays() {
        return days(ageOf("training-states", trainingStates));
    }

    /** How long what no row names stays; null is for good. */
    @Nullable
    Duration orphanAge() {
        return ageOf("orphans", orphans);
    }

    private static @Nullable Integer days(@Nullable Duration kept) {
        return kept == null ? null : Math.toIntExact(kept.toDays());
    }
}
