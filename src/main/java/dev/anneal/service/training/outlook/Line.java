package dev.anneal.service.training.outlook;

import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Trainings that run and wait, as they stand at one time.
 *
 * @param slots how many can run at a time
 * @param secondsLeft of each that runs
 * @param queued how many wait
 * @param secondsEach of those that wait, on the mean; null if nothing tells
 */
record Line(
        int slots,
        List<Double> secondsLeft,
        long queued,
        @Nullable Double secondsEach) {

    Line {
        secondsLeft = List.copyOf(secondsLeft);
    }

    /**
     * Seconds until the training at this position starts, 1 for the next one: at once if a slot is free, else when one becomes free for it. Nothing
     * where no worker runs, or where trainings go before it of which nothing is known.
     */
    OptionalDouble secondsUntilStart(long position) {
        int all = Math.max(slots, secondsLeft.size());
        int free = all - secondsLeft.size();
        if (position <= free) {
            return OptionalDouble.of(0);
        }
        Double each = secondsEach;
        if (all == 0 || (position > 1 && each == null)) {
            return OptionalDouble.empty();
        }
        PriorityQueue<Double> ends = new PriorityQueue<>(secondsLeft);
        ends.addAll(Collections.nCopies(free, 0.0));
        for (long before = 1; before < position && each != null; before++) {
            ends.add(ends.remove() + each);
        }
        return OptionalDouble.of(ends.remove());
    }
}
