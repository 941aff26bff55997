package dev.anneal.service.platform.process;

import dev.anneal.engine.network.architecture.Arithmetic;
import dev.anneal.protocol.Task;

/**
 * The part of an engine process's set-up that determines the memory and time of a training.
 *
 * @param device {@code cpu} or {@code cuda:N}
 * @param precision arithmetic of frozen weights and activations: {@code auto}, {@code bf16} or {@code fp32}
 * @param multipliesBf16Fast whether the device multiplies bf16 fast, which decides {@code auto}
 * @param threads compute threads, each with its own micro-batch
 */
public record EngineSetup(String device, String precision, boolean multipliesBf16Fast, int threads) {

    /** Set-up of processes that this process would start. CUDA devices are assumed to multiply bf16 fast. */
    public static EngineSetup of(String device, EngineProperties properties) {
        Task.Machine machine = properties.machine(device);
        boolean multipliesBf16Fast = !machine.device().equals("cpu") || Arithmetic.processorMultipliesBf16Fast();
        return new EngineSetup(machine.device(), machine.precision(), multipliesBf16Fast, machine.computeThreads());
    }

    /** Bytes of a frozen weight or an activation of a model whose residual stream has this width. */
    public int valueBytes(int width) {
        return Arithmetic.isBf16(precision, width, multipliesBf16Fast) ? Short.BYTES : Float.BYTES;
    }
}
