package dev.anneal.engine.run;

import dev.anneal.engine.architecture.ModelConfig;
import dev.anneal.engine.torch.Devices;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** What the machine of a task can do, and what follows for the arithmetic. */
final class Hardware {

    /**
     * Below this width the conversions around bf16 products cost more than the products save: ten steps of anneal-tiny (width 192) take 10.5 CPU
     * seconds in fp32 and 13.9 in bf16 on a Xeon with avx512_bf16. Not measured with matrix tiles.
     */
    private static final int BF16_WIDTH = 512;

    private static final String CPU = "cpu";

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private Hardware() {}

    /** Compute threads of a task; one drives a CUDA device. */
    static int threads(Task.Machine machine) {
        if (!machine.device().equals(CPU)) {
            return 1;
        }
        return machine.threads() > 0 ? machine.threads() : Runtime.getRuntime().availableProcessors();
    }

    /** Memory that passes may take where the task computes, in bytes. */
    static LongSupplier freeMemory(Task.Machine machine) {
        return machine.device().equals(CPU) ? FreeMemory::bytes : () -> FreeMemory.ofDevice(machine.device());
    }

    /**
     * Type of the frozen weights. {@code auto} takes bf16 where the processor or CUDA device multiplies it fast and the model is wide enough to gain by it.
     *
     * @throws TaskException if the task names no precision
     */
    static ElementType precision(Task.Machine machine, ModelConfig model) {
        return switch (machine.precision()) {
            case "fp32" -> ElementType.FLOAT32;
            case "bf16" -> ElementType.BFLOAT16;
            case "auto" ->
                model.hiddenSize() >= BF16_WIDTH && multipliesBf16(machine.device())
                        ? ElementType.BFLOAT16
                        : ElementType.FLOAT32;
            default ->
                throw TaskException.badInput(
                        "invalid_task",
                        "precision must be auto, bf16 or fp32, found '" + machine.precision() + "'",
                        null);
        };
    }

    private static boolean multipliesBf16(String device) {
        if (!device.equals(CPU)) {
            return Devices.multipliesBf16(device);
        }
        try {
            return multipliesBf16Fast(Files.readString(CPU_INFO));
        } catch (IOException e) {
            return false; // no Linux: nothing is known
        }
    }

    /**
     * Processors with matrix tiles, and AMD's with avx512_bf16: there bf16 trains SmolLM2-135M at 1.9 times the speed of fp32 (471 against 249 tokens/s
     * at 4 x 256 tokens on two cores). Intel's with avx512_bf16 alone multiply bf16 at about half the speed of fp32: 80 against 145 GFLOP/s on one core,
     * 10.1 against 6.9 s of processor time for the same step. A rule, not a measurement: a job that resumes here must go on in the arithmetic that it
     * began with.
     *
     * @param cpuInfo what Linux says in {@code /proc/cpuinfo}
     */
    static boolean multipliesBf16Fast(String cpuInfo) {
        return cpuInfo.contains(" amx_bf16") || (cpuInfo.contains("AuthenticAMD") && cpuInfo.contains(" avx512_bf16"));
    }
}
