package dev.anneal.service;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** How long the same thing took each time, in milliseconds. */
public record Times(List<Double> milliseconds) {

    public Times {
        milliseconds = milliseconds.stream().sorted().toList();
    }

    /** Of several threads. */
    public static Times of(Collection<Times> threads) {
        return new Times(
                threads.stream().flatMap(times -> times.milliseconds().stream()).toList());
    }

    public static Times of(int warmUp, int count, Runnable work) {
        for (int run = 0; run < warmUp; run++) {
            work.run();
        }
        return new Times(Stream.generate(() -> milliseconds(work)).limit(count).toList());
    }

    public static double milliseconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    /** @param share 0.99: only one of a hundred took longer */
    public double percentile(double share) {
        int index = (int) Math.ceil(share * milliseconds.size()) - 1;
        return milliseconds.isEmpty() ? 0 : milliseconds.get(Math.max(index, 0));
    }

    @Override
    public String toString() {
        return "p50 %.2f ms, p99 %.2f ms, max %.2f ms".formatted(percentile(0.5), percentile(0.99), percentile(1));
    }
}
