package dev.anneal.engine.run;

import dev.anneal.engine.network.architecture.Arithmetic;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.protocol.MeasureTask;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Progress.Measured.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Times products of a layer's shape, a micro-batch of tokens with a frozen matrix, on all compute threads at once. */
final class MeasuringTask {

    /** Widths of small models, of models with about 100 M and with about 1 B parameters. */
    private static final int[] WIDTHS = {192, 576, 2048};

    private static final int TOKENS = 256;
    private static final int ROWS_PER_COLUMN = 4;

    /** Width times products per call: so many products that the cost of the call is negligible. */
    private static final int TIMES_WIDTH = 2048;
    /** The best of several attempts counts, so that other load does not distort the result. */
    private static final int TRIES = 5;

    private static final long NANOS_OF_A_TRY = Duration.ofMillis(50).toNanos();

    private final MeasureTask task;
    private final ProgressWriter progress;

    MeasuringTask(MeasureTask task, ProgressWriter progress) {
        this.task = task;
        this.progress = progress;
    }

    void run() {
        int threads = task.machine().computeThreads();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try (Scope scope = Scope.open(task.machine().device())) {
            Program program = Program.load(scope, "rate", "Rate", Map.of());
            double startSeconds = sinceStart();
            List<Rate> rates = new ArrayList<>();
            for (ElementType type : List.of(ElementType.FLOAT32, ElementType.BFLOAT16)) {
                for (int width : WIDTHS) {
                    rates.add(new Rate(
                            type == ElementType.BFLOAT16 ? Arithmetic.BF16 : Arithmetic.FP32,
                            width,
                            rate(executor, threads, () -> operationsPerSecond(scope, program, type, width))));
                }
            }
            progress.write(new Progress.Measured(startSeconds, rates));
        } finally {
            executor.shutdown();
        }
    }

    private static double sinceStart() {
        Instant start = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
        return Duration.between(start, Instant.now()).toMillis() / 1000.0;
    }

    /** Operations per second of all threads together. */
    private static double rate(ExecutorService executor, int threads, Callable<Double> ofThread) {
        List<Future<Double>> running = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            running.add(executor.submit(ofThread));
        }
        double sum = 0;
        try {
            for (Future<Double> rate : running) {
                sum += rate.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot measure: " + e.getCause(), e.getCause());
        }
        return sum;
    }

    private static double operationsPerSecond(Scope owner, Program program, ElementType type, int width) {
        int rows = ROWS_PER_COLUMN * width;
        int times = Math.max(1, TIMES_WIDTH / width);
        double best = 0;
        try (Scope scope = owner.child()) {
            Tensor x = scope.zeros(type, TOKENS, width);
            Tensor weight = scope.zeros(type, rows, width);
            Tensor out = scope.zeros(type, TOKENS, rows);
            multiply(scope, program, x, weight, out, 1);
            for (int count = 0; count < TRIES; count++) {
                long begin = System.nanoTime();
                long done = 0;
                while (System.nanoTime() - begin < NANOS_OF_A_TRY) {
                    multiply(scope, program, x, weight, out, times);
                    done += times;
                }
                best = Math.max(best, 2.0 * TOKENS * width * rows * done / ((System.nanoTime() - begin) / 1e9));
            }
        }
        return best;
    }

    /** Reads a number of the result, to wait for the device. */
    private static void multiply(Scope scope, Program program, Tensor x, Tensor weight, Tensor out, int times) {
        try (Tensor first = program.call(scope, "products", x, weight, out, times)) {
            first.toDoubles();
        }
    }
}
