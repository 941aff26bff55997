package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads tensors of a checkpoint into part of an fp32 tensor, some megabytes at a time. */
final class WeightCopy {

    private static final int PART_ELEMENTS = 1 << 20;

    private WeightCopy() {}

    /** @param begin first element of {@code target} that is overwritten */
    static void read(WeightDirectory files, WeightSlots.Slot slot, Tensor target, long begin) throws IOException {
        SafetensorsFile file = files.fileOf(slot.name());
        TensorEntry entry = file.entry(slot.name());
        ElementType type = WeightLoader.elementType(entry);
        if (!entry.shape().equals(slot.shape())) {
            throw new IllegalStateException(
                    "'%s' has the shape %s but must have %s".formatted(slot.name(), entry.shape(), slot.shape()));
        }
        for (long at = 0; at < slot.elements(); at += PART_ELEMENTS) {
            int count = (int) Math.min(PART_ELEMENTS, slot.elements() - at);
            ByteBuffer bytes = file.bytes(slot.name(), at * type.bytes(), count * type.bytes());
            try (Scope passing = Scope.open("cpu")) {
                ByteBuffer floats = type == ElementType.FLOAT32
                        ? bytes
                        : passing.ofBytes(bytes, type, count)
                                .to(passing, ElementType.FLOAT32)
                                .toBytes();
                target.overwrite(begin + at, floats);
            }
        }
    }
}
