package dev.anneal.engine.network.lora;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Checks safetensors files of adapters, which contain F32 tensors with PEFT's names. */
final class AdapterFile {

    private AdapterFile() {}

    /**
     * @throws AdapterFileException if the file's tensors are not exactly those of the layout
     */
    static void requireComplete(SafetensorsFile file, AdapterLayout layout) {
        Set<String> extra = new TreeSet<>(file.tensors().keySet());
        for (AdapterLayout.Slot slot : layout.slots()) {
            for (String name : List.of(slot.nameOfA(), slot.nameOfB())) {
                if (!extra.remove(name)) {
                    throw new AdapterFileException(
                            file.path(), "has no tensor '" + name + "', which the adapter's settings call for");
                }
            }
        }
        if (!extra.isEmpty()) {
            throw new AdapterFileException(
                    file.path(),
                    "has the tensor '" + extra.iterator().next() + "', which is not part of the adapter's settings");
        }
    }

    /** @throws AdapterFileException if a tensor is not F32 of this shape */
    static void requireSameShape(Path file, TensorEntry entry, List<Long> shape) {
        if (entry.dtype() != Dtype.F32 || !entry.shape().equals(shape)) {
            throw new AdapterFileException(
                    file,
                    "tensor '%s' must be F32 %s but is %s %s"
                            .formatted(entry.name(), shape, entry.dtype(), entry.shape()));
        }
    }
}
