package dev.anneal.service.growth;

import java.util.List;
import java.util.stream.Stream;

/** How long the same thing took each time, in milliseconds. */
record Times(List<Double> milliseconds) {

    Times {
        milliseconds = milliseconds.stream().sorted().toList();
    }

    static Times of(int warmUp, int count, Runnable work) {
        for (int run = 0; run < warmUp; run++) {
            work.run();
        }
        return new Times(Stream.generate(() -> milliseconds(work)).limit(count).toList());
    }

    static double milliseconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private double percentile(double share) {
        int index = (int) Math.ceil(share * milliseconds.size()) - 1;
        return milliseconds.isEmpty() ? 0 : milliseconds.get(Math.max(index, 0));
    }

    @Override
    public String toString() {
        return "p50 %.1f ms, p99 %.1f ms, max %.1f ms".formatted(percentile(0.5), percentile(0.99), percentile(1));
    }
}
