package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TorchException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Packs matrices for products with few rows: oneDNN's own layout, which it has only for bf16 on processors with bf16
 * products.
 */
public final class MatrixPacking {

    private MatrixPacking() {}

    /**
     * @param packing packs matrices by {@link DecoderProgram#packed}
     * @return its result; empty if oneDNN has no such layout here
     */
    public static <T> Optional<T> ifPossible(ElementType precision, String device, Supplier<T> packing) {
        if (precision != ElementType.BFLOAT16 || !device.equals("cpu")) {
            return Optional.empty();
        }
        try {
            return Optional.of(packing.get());
        } catch (TorchException e) {
            if (e.isOutOfMemory()) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
