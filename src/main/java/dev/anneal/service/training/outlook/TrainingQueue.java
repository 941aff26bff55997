package dev.anneal.service.training.outlook;

import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Running and waiting trainings at a time.
 *
 * @param slots number that can run at a time
 * @param secondsLeft remaining seconds of each running one
 * @param queued number of waiting ones
 * @param secondsEach mean duration of waiting ones; null if it cannot be estimated
 */
record TrainingQueue(
        int slots,
        List<Double> secondsLeft,
        long queued,
        @Nullable Double secondsEach) {

    TrainingQueue {
        secondsLeft = List.copyOf(secondsLeft);
    }

    /**
     * Seconds until the training at this position starts, where 1 is the next one: 0 if a slot is free, otherwise the
     * time until one becomes free for it. Empty if no worker runs, or if nothing is known about the trainings before
     * it.
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
