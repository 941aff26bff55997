package dev.anneal.engine.export.weight;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.LayerShape;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterMerge;
import dev.anneal.engine.network.lora.LoraForm;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The weights of a base model with an adapter merged into them. */
public final class AdapterRows extends WeightRows {

    /** By the name of the weight, PEFT's name of the matrix {@code A} or {@code B}. */
    private final Map<String, Function<Character, String>> matrices;

    private final SafetensorsFile file;
    private final AdapterConfig config;

    private AdapterRows(
            WeightDirectory base,
            Map<String, Function<Character, String>> matrices,
            SafetensorsFile file,
            AdapterConfig config,
            Runnable betweenBlocks) {
        super(base, matrices.keySet(), betweenBlocks);
        this.matrices = matrices;
        this.file = file;
        this.config = config;
    }

    /**
     * @throws ExportException {@code merge_incomplete} if the adapter's tensors are not those of its configuration, or
     *     the base lacks a weight
     */
    public static AdapterRows open(
            WeightDirectory base, LayerShape model, Path path, AdapterConfig config, Runnable betweenBlocks)
            throws IOException {
        Map<String, Function<Character, String>> matrices = new LinkedHashMap<>();
        for (int layer = 0; layer < model.layers(); layer++) {
            int ofLayer = layer;
            for (Projection target : config.targets()) {
                matrices.put(model.weightName(target, ofLayer), matrix -> model.adapterName(target, ofLayer, matrix));
            }
        }
        for (String target : matrices.keySet()) {
            if (!base.contains(target)) {
                throw incomplete("the adapter changes '" + target + "', which the base model does not have");
            }
        }
        SafetensorsFile file = SafetensorsFile.open(path);
        if (file.tensors().size() != 2 * matrices.size()) {
            file.close();
            throw incomplete("the adapter must hold %d tensors for this model but holds %d"
                    .formatted(2 * matrices.size(), file.tensors().size()));
        }
        return new AdapterRows(base, matrices, file, config, betweenBlocks);
    }

    @Override
    BlockMerge merging(TensorScope scope, TensorEntry entry) throws IOException {
        AdapterMerge merge = new AdapterMerge(scope);
        long inputs = entry.shape().get(1);
        long outputs = entry.shape().get(0);
        int rank = config.widerRank();
        LoraForm form = new LoraForm(config, Math.toIntExact(inputs), Math.toIntExact(outputs));
        float[] ofA = form.a(matrix(scope, entry, 'A', config.rank(), inputs).toFloats());
        Tensor a = scope.floats(ofA, rank, inputs);
        float[] b = form.b(matrix(scope, entry, 'B', outputs, config.rank()).toFloats());
        return (step, before, block, type) -> {
            int from = Math.toIntExact(block.firstRow() * rank);
            float[] own = Arrays.copyOfRange(b, from, Math.toIntExact(from + block.rows() * rank));
            return merge.merge(step, before, a, step.floats(own, block.rows(), rank), config.scale(), type);
        };
    }

    private Tensor matrix(TensorScope scope, TensorEntry weight, char matrix, long rows, long columns)
            throws IOException {
        String name = Objects.requireNonNull(matrices.get(weight.name())).apply(matrix);
        @Nullable TensorEntry entry = file.tensors().get(name);
        List<Long> shape = List.of(rows, columns);
        if (entry == null || !entry.shape().equals(shape)) {
            throw incomplete("the adapter must hold '%s' of shape %s but has %s".formatted(name, shape, entry));
        }
        return scope.ofBytes(file.bytes(name), ElementType.FLOAT32, rows, columns);
    }

    @Override
    public void describe(Map<String, @Nullable Object> proof) {
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
