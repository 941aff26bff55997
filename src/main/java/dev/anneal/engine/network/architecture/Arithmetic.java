package dev.anneal.engine.network.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a model's frozen weights are bf16 or fp32: the rule of engine processes, and of estimates before they run.
 */
public final class Arithmetic {

    /**
     * Below this width the conversions around bf16 products cost more than the products save: ten steps of anneal-tiny
     * (width 192) take 10.5 CPU seconds in fp32 and 13.9 in bf16 on a Xeon with avx512_bf16. Not measured with matrix
     * tiles.
     */
    private static final int BF16_WIDTH = 512;

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Names of the two types in settings and progress. */
    public static final String BF16 = "bf16";

    public static final String FP32 = "fp32";

    private Arithmetic() {}

    /**
     * {@code auto} is bf16 if the processor or CUDA device multiplies it fast and the model is wide enough to benefit.
     *
     * @param precision a worker's setting: {@code auto}, {@code bf16} or {@code fp32}
     * @throws IllegalArgumentException if it is none of these
     */
    public static boolean isBf16(String precision, int hiddenSize, boolean multipliesBf16Fast) {
        return switch (precision) {
            case FP32 -> false;
            case BF16 -> true;
            case "auto" -> hiddenSize >= BF16_WIDTH && multipliesBf16Fast;
            default ->
                throw new IllegalArgumentException("precision must be auto, bf16 or fp32, found '" + precision + "'");
        };
    }

    /** Whether this machine's processor multiplies bf16 at more than the speed of fp32. */
    public static boolean processorMultipliesBf16Fast() {
        try {
            return multipliesBf16Fast(Files.readString(CPU_INFO));
        } catch (IOException e) {
            return false; // no Linux: nothing is known
        }
    }

    /**
     * Processors with matrix tiles, and AMD's with avx512_bf16: there bf16 trains SmolLM2-135M at 1.9 times the speed
     * of fp32 (471 against 249 tokens/s at 4 x 256 tokens on two cores). Intel's with avx512_bf16 alone multiply bf16
     * at about half the speed of fp32: 80 against 145 GFLOP/s on one core, 10.1 against 6.9 s of processor time for the
     * same step. A rule, not a measurement: a job that resumes here must continue in the arithmetic that it began with.
     *
     * @param cpuInfo content of Linux's {@code /proc/cpuinfo}
     */
    static boolean multipliesBf16Fast(String cpuInfo) {
        return cpuInfo.contains(" amx_bf16") || (cpuInfo.contains("AuthenticAMD") && cpuInfo.contains(" avx512_bf16"));
    }
}
