package dev.anneal.engine.network.draft;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.network.architecture.LayerShape;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterMerge;
import dev.anneal.engine.network.lora.MergeTally;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Merges a linear adapter into the projections of a head, in fp32: {@code W + s B A}. */
public final class HeadMerge {

    private HeadMerge() {}

    /**
     * Writes the merged head.
     *
     * @param head safetensors file of the head, fp32
     * @param adapter safetensors file of the adapter
     * @param shape of the head's layer
     * @return number of projections that the adapter changes, and how many it targets
     */
    public static Merged write(Path head, Path adapter, AdapterConfig config, LayerShape shape, Path out)
            throws IOException {
        int changed = 0;
        Map<String, TensorData> merged = new LinkedHashMap<>();
        try (Scope scope = Scope.open("cpu");
                SafetensorsFile weights = SafetensorsFile.open(head);
                SafetensorsFile matrices = SafetensorsFile.open(adapter)) {
            AdapterMerge merge = new AdapterMerge(scope);
            for (Projection target : config.targets()) {
                TensorEntry entry = weights.entry(EagleNames.LAYER + target.pathInLayer() + ".weight");
                AdapterMerge.Merged result = merge.merge(
                        scope,
                        tensor(scope, weights, entry),
                        tensor(scope, matrices, matrices.entry(shape.adapterName(target, 0, 'A'))),
                        tensor(scope, matrices, matrices.entry(shape.adapterName(target, 0, 'B'))),
                        config.scale(),
                        ElementType.FLOAT32);
                MergeTally tally = result.tally();
                changed += tally.deltas() > 0 ? 1 : 0;
                merged.put(entry.name(), data(entry, result.weight()));
            }
            List<TensorData> all = weights.tensors().values().stream()
                    .map(entry -> merged.getOrDefault(entry.name(), copied(weights, entry)))
                    .toList();
            SafetensorsWriter.write(out, all);
        }
        return new Merged(changed, config.targets().size());
    }

    /** Projections that an adapter changes, of those that it targets. */
    public record Merged(int changed, int targets) {}

    private static Tensor tensor(Scope scope, SafetensorsFile file, TensorEntry entry) throws IOException {
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        return scope.ofBytes(file.bytes(entry.name()), ElementType.FLOAT32, shape);
    }

    private static TensorData data(TensorEntry entry, Tensor merged) {
        return new TensorData(
                entry.name(), Dtype.F32, entry.shape(), channel -> merged.writeTo(channel, 0, merged.elements()));
    }

    private static TensorData copied(SafetensorsFile file, TensorEntry entry) {
        return new TensorData(
                entry.name(),
                entry.dtype(),
                entry.shape(),
                channel -> TensorData.writeFully(channel, file.bytes(entry.name())));
    }
}
