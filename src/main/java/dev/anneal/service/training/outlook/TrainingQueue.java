package dev.anneal.service.training.outlook;

import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Running and waiting trainings at a time.
 *
 * @param slots number of devices of all workers, each of which trains one job at a time
 * @param secondsLeft remaining seconds of each running training, once for each of its devices
 * @param queued number of waiting ones
 * @param secondsEach mean duration of waiting ones; null if it cannot be estimated
 * @param devicesEach mean number of devices of waiting ones, at least 1
 */
record TrainingQueue(
        int slots,
        List<Double> secondsLeft,
        long queued,
        @Nullable Double secondsEach,
        int devicesEach) {

    TrainingQueue {
        secondsLeft = List.copyOf(secondsLeft);
    }

    /**
     * Seconds until the training at this position starts, where 1 is the next one: 0 if a slot is free for
     * each of its devices, otherwise the time until they are. All slots count as one worker's. Empty if there are fewer
     * slots than devices, or if nothing is known about the trainings before it.
     */
    OptionalDouble secondsUntilStart(long position, int devices) {
        int all = Math.max(slots, secondsLeft.size());
        int free = all - secondsLeft.size();
        if (devices > all) {
            return OptionalDouble.empty();
        }
        if ((position - 1) * devicesEach + devices <= free) {
            return OptionalDouble.of(0);
        }
        Double each = secondsEach;
        if (position > 1 && each == null) {
            return OptionalDouble.empty();
        }
        PriorityQueue<Double> ends = new PriorityQueue<>(secondsLeft);
        ends.addAll(Collections.nCopies(free, 0.0));
        int ofEach = Math.min(devicesEach, all);
        for (long before = 1; before < position && each != null; before++) {
            double start = take(ends, ofEach);
            ends.addAll(Collections.nCopies(ofEach, start + each));
        }
        return OptionalDouble.of(take(ends, devices));
    }

    /** Removes the first ends, and returns the last of these. */
    private static double take(PriorityQueue<Double> ends, int count) {
        double last = 0;
        for (int taken = 0; taken < count; taken++) {
            last = ends.remove();
        }
        return last;
    }
}
