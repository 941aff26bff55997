package dev.anneal.engine.export;

import dev.anneal.engine.export.weight.PythonJson;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Distribution of weights over files: one {@code model.safetensors}, or shards with an index if they exceed the maximum
 * size of a shard.
 *
 * @param shards tensors of each file, in the order of the files
 */
record ShardPlan(List<List<TensorData>> shards) {

    ShardPlan {
        shards = shards.stream().map(List::copyOf).toList();
    }

    /** Fills shard after shard; a tensor larger than a shard gets its own. */
    static ShardPlan of(List<TensorData> tensors, long shardBytes) {
        List<List<TensorData>> shards = new ArrayList<>();
        List<TensorData> open = new ArrayList<>();
        long size = 0;
        for (TensorData tensor : tensors) {
            if (!open.isEmpty() && size + tensor.byteCount() > shardBytes) {
                shards.add(open);
                open = new ArrayList<>();
                size = 0;
            }
            open.add(tensor);
            size += tensor.byteCount();
        }
        shards.add(open);
        return new ShardPlan(shards);
    }

    /** The files with descriptions of their content, by which another attempt recognises them. */
    List<ExportParts.Part> parts() {
        List<ExportParts.Part> parts = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++) {
            String content = shards.get(i).stream()
                    .map(tensor -> tensor.name() + " " + tensor.dtype() + " " + tensor.shape())
                    .collect(Collectors.joining("\n"));
            parts.add(new ExportParts.Part(nameOf(i), content));
        }
        return parts;
    }

    String nameOf(int shard) {
        return shards.size() == 1
                ? WeightDirectory.SINGLE_FILE
                : "model-%05d-of-%05d.safetensors".formatted(shard + 1, shards.size());
    }

    /** Writes the index of several shards. */
    void writeIndex(Path directory) throws IOException {
        if (shards.size() == 1) {
            return;
        }
        Map<String, @Nullable Object> shardOfTensor = new TreeMap<>();
        long total = 0;
        for (int i = 0; i < shards.size(); i++) {
            for (TensorData tensor : shards.get(i)) {
                shardOfTensor.put(tensor.name(), nameOf(i));
                total += tensor.byteCount();
            }
        }
        Map<String, @Nullable Object> index = new LinkedHashMap<>();
        index.put("metadata", Map.of("total_size", total));
        index.put("weight_map", shardOfTensor);
        Files.writeString(directory.resolve(WeightDirectory.INDEX), PythonJson.indented(index) + "\n");
    }
}
