package dev.anneal.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What {@code faults/load.sh} is asked to do.
 *
 * @param queued sizes of the queue, in ascending order
 * @param streams clients that open a stream of events at once
 * @param pace how long each measurement takes
 * @param uploadMegabytes size of an uploaded file
 * @param isStrict whether a time over its budget is a violation
 */
record LoadOptions(List<Integer> queued, int streams, Duration pace, int uploadMegabytes, boolean isStrict) {

    private static final String USAGE =
            "usage: faults/load.sh [--queued N[,N...]] [--streams N] [--seconds N] [--upload-mb N] [--strict]";

    LoadOptions {
        queued = queued.stream().sorted().toList();
    }

    static LoadOptions of(String... arguments) {
        List<Integer> queued = List.of(1_000, 100_000);
        int streams = 2_000;
        int seconds = 30;
        int megabytes = 512;
        boolean isStrict = false;
        Iterator<String> left = new ArrayList<>(List.of(arguments)).iterator();
        while (left.hasNext()) {
            String option = left.next();
            switch (option) {
                case "--queued" ->
                    queued = List.of(value(left).split(",")).stream()
                            .map(Integer::valueOf)
                            .toList();
                case "--streams" -> streams = Integer.parseInt(value(left));
                case "--seconds" -> seconds = Integer.parseInt(value(left));
                case "--upload-mb" -> megabytes = Integer.parseInt(value(left));
                case "--strict" -> isStrict = true;
                default -> throw new IllegalArgumentException("unknown option " + option + "; " + USAGE);
            }
        }
        return new LoadOptions(queued, streams, Duration.ofSeconds(seconds), megabytes, isStrict);
    }

    private static String value(Iterator<String> left) {
        if (!left.hasNext()) {
            throw new IllegalArgumentException("the last option lacks its value; " + USAGE);
        }
        return left.next();
    }
}
