package dev.anneal.engine.export;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The A and B of an adapter file by the base weight that they change. */
final class AdapterTensors implements AutoCloseable {

    private final SafetensorsFile file;
    private final int rank;
    private final Map<String, String> prefixOfWeight = new LinkedHashMap<>();

    private AdapterTensors(SafetensorsFile file, AdapterConfig config, ModelConfig model) {
        this.file = file;
        this.rank = config.rank();
        for (int layer = 0; layer < model.layers(); layer++) {
            for (Projection target : config.targets()) {
                String module = target.modulePath(layer);
                prefixOfWeight.put(module + ".weight", "base_model.model." + module);
            }
        }
    }

    /** @throws ExportException {@code merge_incomplete} if the file holds other tensors than configuration and model call for */
    static AdapterTensors open(Path path, AdapterConfig config, ModelConfig model) throws IOException {
        SafetensorsFile file = SafetensorsFile.open(path);
        AdapterTensors tensors = new AdapterTensors(file, config, model);
        if (file.tensors().size() != 2 * tensors.targets().size()) {
            file.close();
            throw new ExportException(
                    ExportException.Code.MERGE_INCOMPLETE,
                    "the adapter must hold %d tensors for this model but holds %d"
                            .formatted(
                                    2 * tensors.targets().size(), file.tensors().size()));
        }
        return tensors;
    }

    /** Names of the base weights that the adapter changes. */
    Set<String> targets() {
        return prefixOfWeight.keySet();
    }

    /** @throws ExportException {@code merge_incomplete} if the base model lacks a weight that the adapter changes */
    void requireTargetsIn(WeightDirectory base) {
        for (String target : targets()) {
            if (!base.contains(target)) {
                throw new ExportException(
                        ExportException.Code.MERGE_INCOMPLETE,
                        "the adapter changes '" + target + "', which the base model does not have");
            }
        }
    }

    /** A of a base weight, [r, in]. */
    Tensor a(Scope scope, String weight, long inputs) throws IOException {
        String name = prefix(weight) + ".lora_A.weight";
        require(name, List.of((long) rank, inputs));
        return scope.ofBytes(file.bytes(name), ElementType.FLOAT32, rank, inputs);
    }

    /** B of a base weight, [out, r]. */
    Tensor b(Scope scope, String weight, long outputs) throws IOException {
        String name = prefix(weight) + ".lora_B.weight";
        require(name, List.of(outputs, (long) rank));
        return scope.ofBytes(file.bytes(name), ElementType.FLOAT32, outputs, rank);
    }

    private String prefix(String weight) {
        @Nullable String prefix = prefixOfWeight.get(weight);
        if (prefix == null) {
            throw new IllegalArgumentException("the adapter does not change '" + weight + "'");
        }
        return prefix;
    }

    private void require(String name, List<Long> shape) {
        @Nullable TensorEntry entry = file.tensors().get(name);
        if (entry == null || !entry.shape().equals(shape)) {
            throw new ExportException(
                    ExportException.Code.MERGE_INCOMPLETE,
                    "the adapter must hold '%s' of shape %s but has %s".formatted(name, shape, entry));
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
