package dev.anneal.service.training.machine;

import dev.anneal.protocol.Progress.Measured.Rate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Measurement of a worker's machine by an engine process.
 *
 * @param multipliesBf16Fast whether bf16 products are fast, which decides the precision {@code auto}
 * @param startSeconds from the start of an engine process to its first product
 * @param rates speed of products on all compute threads at once
 */
public record Machine(Setup setup, boolean multipliesBf16Fast, double startSeconds, List<Rate> rates) {

    /**
     * How a worker sets up its engine processes.
     *
     * @param device {@code cpu} or {@code cuda:N}
     * @param precision {@code auto}, {@code bf16} or {@code fp32}
     * @param threads compute threads
     */
    public record Setup(String device, String precision, int threads) {}

    public Machine {
        rates = List.copyOf(rates);
    }

    /**
     * Operations per second for the measured width nearest by ratio.
     *
     * @param precision {@code bf16} or {@code fp32}
     */
    public Optional<Double> operationsPerSecond(String precision, int width) {
        return rates.stream()
                .filter(rate -> rate.precision().equals(precision))
                .min(Comparator.comparingDouble(rate -> Math.abs(Math.log((double) rate.width() / width))))
                .map(Rate::operationsPerSecond);
    }
}
