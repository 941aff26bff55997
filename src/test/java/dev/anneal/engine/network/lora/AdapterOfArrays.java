package dev.anneal.engine.network.lora;

import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An adapter file with given values. */
final class AdapterOfArrays {

    private AdapterOfArrays() {}

    /**
     * @param a of all A, in the flat order of the layout
     * @param b of all B
     * @return the file
     */
    static Path write(Path file, AdapterLayout layout, float[] a, float[] b) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        for (AdapterLayout.Slot slot : layout.slots()) {
            List<Long> shapeOfA = List.of((long) slot.rank(), (long) slot.inputs());
            List<Long> shapeOfB = List.of((long) slot.outputs(), (long) slot.rank());
            tensors.add(
                    TensorsInMemory.ofFloats(slot.nameOfA(), shapeOfA, part(a, slot.beginOfA(), slot.elementsOfA())));
            tensors.add(
                    TensorsInMemory.ofFloats(slot.nameOfB(), shapeOfB, part(b, slot.beginOfB(), slot.elementsOfB())));
        }
        SafetensorsWriter.write(file, tensors);
        return file;
    }

    private static float[] part(float[] values, long begin, int length) {
        return Arrays.copyOfRange(values, (int) begin, (int) begin + length);
    }
}
