package dev.anneal.engine.lora;

import dev.anneal.engine.safetensors.Dtype;
import dev.anneal.engine.safetensors.SafetensorsFile;
import dev.anneal.engine.safetensors.SafetensorsWriter;
import dev.anneal.engine.safetensors.TensorData;
import dev.anneal.engine.safetensors.TensorEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Adapters as safetensors files of F32 tensors with the names that PEFT uses. */
final class AdapterFile {

    private AdapterFile() {}

    static void write(Path file, AdapterLayout layout, Values values) throws IOException {
        Map<String, float[]> named = named(layout, values);
        List<TensorData> tensors = new ArrayList<>();
        shapes(layout).forEach((name, shape) -> tensors.add(TensorData.ofFloats(name, shape, of(named, name))));
        SafetensorsWriter.write(file, tensors);
    }

    static Values read(Path file, AdapterLayout layout) throws IOException {
        Map<String, List<Long>> shapes = shapes(layout);
        Map<String, float[]> named = new LinkedHashMap<>();
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            requireSameNames(file, shapes, opened.tensors());
            for (TensorEntry entry : opened.tensors().values()) {
                List<Long> shape = shapes.get(entry.name());
                if (entry.dtype() != Dtype.F32 || !entry.shape().equals(shape)) {
                    throw new AdapterFileException(
                            file,
                            "tensor '%s' must be F32 %s but is %s %s"
                                    .formatted(entry.name(), shape, entry.dtype(), entry.shape()));
                }
                float[] values = new float[Math.toIntExact(entry.elementCount())];
                opened.bytes(entry.name()).asFloatBuffer().get(values);
                named.put(entry.name(), values);
            }
        }
        return flat(layout, named);
    }

    private static void requireSameNames(Path file, Map<String, List<Long>> expected, Map<String, TensorEntry> found) {
        for (String name : expected.keySet()) {
            if (!found.containsKey(name)) {
                throw new AdapterFileException(
                        file, "has no tensor '" + name + "', which the adapter's settings call for");
            }
        }
        TreeSet<String> extra = new TreeSet<>(found.keySet());
        extra.removeAll(expected.keySet());
        if (!extra.isEmpty()) {
            throw new AdapterFileException(
                    file, "has the tensor '" + extra.first() + "', which is not part of the adapter's settings");
        }
    }

    /** The matrices by name. */
    static Map<String, float[]> named(AdapterLayout layout, Values values) {
        Map<String, float[]> named = new LinkedHashMap<>();
        for (AdapterLayout.Slot slot : layout.slots()) {
            named.put(
                    slot.nameOfA(),
                    Arrays.copyOfRange(values.a, slot.beginOfA(), slot.beginOfA() + slot.elementsOfA()));
            named.put(
                    slot.nameOfB(),
                    Arrays.copyOfRange(values.b, slot.beginOfB(), slot.beginOfB() + slot.elementsOfB()));
        }
        return named;
    }

    private static Values flat(AdapterLayout layout, Map<String, float[]> named) {
        Values values = new Values(new float[layout.elementsOfA()], new float[layout.elementsOfB()]);
        for (AdapterLayout.Slot slot : layout.slots()) {
            System.arraycopy(of(named, slot.nameOfA()), 0, values.a, slot.beginOfA(), slot.elementsOfA());
            System.arraycopy(of(named, slot.nameOfB()), 0, values.b, slot.beginOfB(), slot.elementsOfB());
        }
        return values;
    }

    private static float[] of(Map<String, float[]> named, String name) {
        float @Nullable [] values = named.get(name);
        if (values == null) {
            throw new IllegalStateException("no values for '" + name + "'");
        }
        return values;
    }

    private static Map<String, List<Long>> shapes(AdapterLayout layout) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        for (AdapterLayout.Slot slot : layout.slots()) {
            shapes.put(slot.nameOfA(), List.of((long) slot.rank(), (long) slot.inputs()));
            shapes.put(slot.nameOfB(), List.of((long) slot.outputs(), (long) slot.rank()));
        }
        return shapes;
    }

    /** All A and all B in the flat order of the layout. */
    static final class Values {

        private final float[] a;
        private final float[] b;

        Values(float[] a, float[] b) {
            this.a = a;
            this.b = b;
        }

        float[] a() {
            return a;
        }

        float[] b() {
            return b;
        }
    }
}
