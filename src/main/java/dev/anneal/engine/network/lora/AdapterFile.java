package dev.anneal.engine.network.lora;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Adapters as safetensors files of F32 tensors with the names that PEFT uses. Values go from native memory to the file and back. */
final class AdapterFile {

    private AdapterFile() {}

    /** @param matrices fp32, by PEFT's names */
    static void write(Path file, Map<String, Tensor> matrices) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        matrices.forEach((name, matrix) ->
                tensors.add(new TensorData(name, Dtype.F32, shapeOf(matrix), channel -> matrix.writeTo(channel))));
        SafetensorsWriter.write(file, tensors);
    }

    /**
     * Overwrites matrices with those of a file.
     *
     * @throws AdapterFileException if the file does not hold exactly these tensors; nothing is overwritten then
     */
    static void read(Path file, Map<String, Tensor> matrices) throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            requireSameNames(file, matrices.keySet(), opened.tensors().keySet());
            readPart(opened, matrices);
        }
    }

    /**
     * Overwrites matrices with those that a file holds among others.
     *
     * @throws AdapterFileException if it does not hold them; nothing is overwritten then
     */
    static void readPart(SafetensorsFile file, Map<String, Tensor> matrices) throws IOException {
        for (Map.Entry<String, Tensor> matrix : matrices.entrySet()) {
            requireSameShape(file.path(), file.entry(matrix.getKey()), shapeOf(matrix.getValue()));
        }
        for (Map.Entry<String, Tensor> matrix : matrices.entrySet()) {
            matrix.getValue().overwrite(0, file.bytes(matrix.getKey()));
        }
    }

    /** @throws AdapterFileException if the file does not hold exactly the tensors of a layout */
    static void requireComplete(SafetensorsFile file, AdapterLayout layout) {
        Set<String> expected = layout.slots().stream()
                .flatMap(slot -> Stream.of(slot.nameOfA(), slot.nameOfB()))
                .collect(Collectors.toCollection(TreeSet::new));
        requireSameNames(file.path(), expected, file.tensors().keySet());
    }

    private static List<Long> shapeOf(Tensor matrix) {
        return Arrays.stream(matrix.shape()).boxed().toList();
    }

    private static void requireSameShape(Path file, TensorEntry entry, List<Long> shape) {
        if (entry.dtype() != Dtype.F32 || !entry.shape().equals(shape)) {
            throw new AdapterFileException(
                    file,
                    "tensor '%s' must be F32 %s but is %s %s"
                            .formatted(entry.name(), shape, entry.dtype(), entry.shape()));
        }
    }

    private static void requireSameNames(Path file, Set<String> expected, Set<String> found) {
        for (String name : expected) {
            if (!found.contains(name)) {
                throw new AdapterFileException(
                        file, "has no tensor '" + name + "', which the adapter's settings call for");
            }
        }
        TreeSet<String> extra = new TreeSet<>(found);
        extra.removeAll(expected);
        if (!extra.isEmpty()) {
            throw new AdapterFileException(
                    file, "has the tensor '" + extra.first() + "', which is not part of the adapter's settings");
        }
    }
}
