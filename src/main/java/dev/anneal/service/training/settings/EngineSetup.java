package dev.anneal.service.training.settings;

import dev.anneal.engine.network.architecture.Arithmetic;

/**
 * The part of an engine process's set-up that determines the memory and time of a training.
 *
 * @param precision arithmetic of frozen weights and activations: {@code auto}, {@code bf16} or {@code fp32}
 * @param multipliesBf16Fast whether the processor multiplies bf16 fast, which decides {@code auto}
 * @param threads compute threads, each with its own micro-batch
 */
public record EngineSetup(String precision, boolean multipliesBf16Fast, int threads) {

    /** Bytes of a frozen weight or an activation of the model. */
    int valueBytes(ModelProfile model) {
        return Arithmetic.isBf16(precision, model.hiddenSize(), multipliesBf16Fast) ? Short.BYTES : Float.BYTES;
    }
}
