package dev.anneal.faults;

import dev.anneal.service.Times;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The answers to one kind of request. Thread-safe. */
final class Answers {

    private final List<Double> milliseconds = new ArrayList<>();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final Map<String, Integer> faults = new TreeMap<>();

    /** @param started by the clock of {@link System#nanoTime()}: when the request was due, also if it was sent later */
    synchronized void add(HttpResponse<?> response, long started) {
        int status = response.statusCode();
        statuses.merge(status, 1, Integer::sum);
        if (status < 400) {
            milliseconds.add((System.nanoTime() - started) / 1e6);
        }
        if (status >= 500 && status != 503) {
            fault("answered " + status);
        }
        // Quotas say instead that waiting does not help.
        boolean saysWhen = response.headers().firstValue("retry-after").isPresent()
                || response.headers().firstValue("x-should-retry").isPresent();
        if ((status == 429 || status == 503) && !saysWhen) {
            fault("answered " + status + " without retry-after");
        }
    }

    /** Something that must not happen. */
    synchronized void fault(String what) {
        faults.merge(what, 1, Integer::sum);
    }

    synchronized int count(int status) {
        return statuses.getOrDefault(status, 0);
    }

    synchronized int count() {
        return statuses.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized Map<String, Integer> faults() {
        return Map.copyOf(faults);
    }

    /** Milliseconds of the answers below 400. */
    synchronized double percentile(double share) {
        return new Times(milliseconds).percentile(share);
    }

    /** The answers by status, as {@code 200: 17, 429: 3}. */
    @Override
    public synchronized String toString() {
        return statuses.toString().replaceAll("[{}]", "").replace("=", ": ");
    }
}
