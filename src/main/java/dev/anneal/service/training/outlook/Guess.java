package dev.anneal.service.training.outlook;

import dev.anneal.engine.network.architecture.Arithmetic;
import dev.anneal.service.platform.process.EngineSetup;
import java.util.Optional;

/**
 * How long a training takes while no past one tells it: a range from the speeds of common processors. {@code
 * docs/training-settings.md} documents it and must be kept in line.
 */
final class Guess {

    /**
     * Operations per second of a compute thread. The fastest were measured: 1.45e11 in fp32 and 0.8e11 in bf16 on an
     * Intel core without matrix tiles, 4.3e11 in bf16 on a core of Zen 5. The slowest are about half of what a core of
     * Zen 4 does (0.92e11 in fp32, 2.1e11 in bf16), because two threads may share a core, or other work the processor;
     * where bf16 is slow, a quarter of the fastest, because older processors emulate it.
     */
    private record Speeds(double slowest, double fastest) {}

    private static final Speeds FP32 = new Speeds(4e10, 1.5e11);
    private static final Speeds FAST_BF16 = new Speeds(1e11, 4.3e11);
    private static final Speeds SLOW_BF16 = new Speeds(2e10, 8e10);

    /** Seconds before the first step and after the last one: of a small model, and of a large one on a slow disk. */
    private static final double LEAST_AROUND = 2;

    private static final double MOST_AROUND = 15;

    private Guess() {}

    /**
     * Empty for CUDA devices, whose speeds differ too much.
     *
     * @param shortest with the shortest completions, if the training samples any
     * @param longest with the longest
     */
    static Optional<ExpectedDuration> of(EngineSetup engine, Remaining shortest, Remaining longest) {
        if (!engine.device().equals("cpu")) {
            return Optional.empty();
        }
        Speeds ofBf16 = engine.multipliesBf16Fast() ? FAST_BF16 : SLOW_BF16;
        Speeds ofThread = shortest.cost().precision().equals(Arithmetic.BF16) ? ofBf16 : FP32;
        DurationRange range = new DurationRange(
                LEAST_AROUND + shortest.operations() / (ofThread.fastest() * engine.threads()),
                MOST_AROUND + longest.operations() / (ofThread.slowest() * engine.threads()));
        return Optional.of(new ExpectedDuration(null, range, ExpectedDuration.Basis.GUESS));
    }
}
