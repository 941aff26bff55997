package dev.anneal.engine.export;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterMerge;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The weights of a base model with an adapter merged into them. */
final class AdapterRows extends WeightRows {

    private static final String WEIGHT = ".weight";

    private final SafetensorsFile file;
    private final AdapterConfig config;

    private AdapterRows(
            WeightDirectory base,
            Set<String> targets,
            SafetensorsFile file,
            AdapterConfig config,
            Runnable betweenBlocks) {
        super(base, targets, betweenBlocks);
        this.file = file;
        this.config = config;
    }

    /** @throws ExportException {@code merge_incomplete} if the adapter's tensors are not those of its configuration, or the base lacks a weight */
    static AdapterRows open(
            WeightDirectory base, ModelConfig model, Path path, AdapterConfig config, Runnable betweenBlocks)
            throws IOException {
        Set<String> targets = new LinkedHashSet<>();
        for (int layer = 0; layer < model.layers(); layer++) {
            for (Projection target : config.targets()) {
                targets.add(target.modulePath(layer) + WEIGHT);
            }
        }
        for (String target : targets) {
            if (!base.contains(target)) {
                throw incomplete("the adapter changes '" + target + "', which the base model does not have");
            }
        }
        SafetensorsFile file = SafetensorsFile.open(path);
        if (file.tensors().size() != 2 * targets.size()) {
            file.close();
            throw incomplete("the adapter must hold %d tensors for this model but holds %d"
                    .formatted(2 * targets.size(), file.tensors().size()));
        }
        return new AdapterRows(base, targets, file, config, betweenBlocks);
    }

    @Override
    BlockMerge merging(Scope scope, TensorEntry entry) throws IOException {
        AdapterMerge merge = new AdapterMerge(scope);
        int rank = config.rank();
        Tensor a = matrix(scope, entry, "lora_A", rank, entry.shape().get(1));
        float[] b = matrix(scope, entry, "lora_B", entry.shape().get(0), rank).toFloats();
        return (step, before, block, type) -> {
            int from = Math.toIntExact(block.firstRow() * rank);
            float[] own = Arrays.copyOfRange(b, from, Math.toIntExact(from + block.rows() * rank));
            return merge.merge(step, before, a, step.floats(own, block.rows(), rank), config.scale(), type);
        };
    }

    private Tensor matrix(Scope scope, TensorEntry weight, String matrix, long rows, long columns) throws IOException {
        String module = weight.name().substring(0, weight.name().length() - WEIGHT.length());
        String name = "base_model.model." + module + "." + matrix + WEIGHT;
        @Nullable TensorEntry entry = file.tensors().get(name);
        List<Long> shape = List.of(rows, columns);
        if (entry == null || !entry.shape().equals(shape)) {
            throw incomplete("the adapter must hold '%s' of shape %s but has %s".formatted(name, shape, entry));
        }
        return scope.ofBytes(file.bytes(name), ElementType.FLOAT32, rows, columns);
    }

    @Override
    void describe(Map<String, @Nullable Object> proof) {
        proof.put("delta_dtype", "float32");
        super.describe(proof);
        if (changed() < targets()) {
            throw incomplete("the adapter targets " + targets() + " tensors but changes only " + changed());
        }
    }

    private static ExportException incomplete(String message) {
        return new ExportException(ExportException.Code.MERGE_INCOMPLETE, message);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
