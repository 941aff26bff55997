package dev.anneal.engine.lora;

import dev.anneal.engine.safetensors.SafetensorsWriter;
import dev.anneal.engine.safetensors.TensorData;
import dev.anneal.engine.safetensors.TensorsInMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A checkpoint of random shape and weights in a folder of its own.
 *
 * @param weights its tensors by name, in row order
 */
record RandomModel(
        int hidden,
        int intermediate,
        int heads,
        int keyValueHeads,
        int headSize,
        int layers,
        int vocabulary,
        Map<String, float[]> weights) {

    static RandomModel in(Path folder, Random random) throws IOException {
        int keyValueHeads = 1 + random.nextInt(3);
        int heads = keyValueHeads * (1 + random.nextInt(3));
        RandomModel model = new RandomModel(
                8 * (3 + random.nextInt(5)),
                24 + 8 * random.nextInt(6),
                heads,
                keyValueHeads,
                2 * (2 + random.nextInt(6)),
                1 + random.nextInt(3),
                50 + random.nextInt(60),
                new LinkedHashMap<>());
        model.write(folder, random);
        return model;
    }

    private void write(Path folder, Random random) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        shapes().forEach((name, shape) -> {
            boolean norm = name.endsWith("norm.weight");
            float[] values = normal(
                    random,
                    (int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b),
                    norm ? 0.25 : 0.2);
            if (norm) {
                for (int i = 0; i < values.length; i++) {
                    values[i] += 1;
                }
            }
            weights.put(name, values);
            tensors.add(TensorsInMemory.ofFloats(name, shape, values));
        });
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "hidden_act": "silu", "vocab_size": %d, "hidden_size": %d,
                 "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
                 "head_dim": %d, "max_position_embeddings": 1024, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
                 "tie_word_embeddings": false, "torch_dtype": "float32"}
                """.formatted(
                        vocabulary, hidden, intermediate, layers, heads, keyValueHeads, headSize));
    }

    private Map<String, List<Long>> shapes() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        long h = hidden;
        shapes.put("model.embed_tokens.weight", List.of((long) vocabulary, h));
        shapes.put("lm_head.weight", List.of((long) vocabulary, h));
        shapes.put("model.norm.weight", List.of(h));
        for (int layer = 0; layer < layers; layer++) {
            String path = "model.layers." + layer + ".";
            long q = (long) heads * headSize;
            long kv = (long) keyValueHeads * headSize;
            shapes.put(path + "input_layernorm.weight", List.of(h));
            shapes.put(path + "self_attn.q_proj.weight", List.of(q, h));
            shapes.put(path + "self_attn.k_proj.weight", List.of(kv, h));
            shapes.put(path + "self_attn.v_proj.weight", List.of(kv, h));
            shapes.put(path + "self_attn.o_proj.weight", List.of(h, q));
            shapes.put(path + "post_attention_layernorm.weight", List.of(h));
            shapes.put(path + "mlp.gate_proj.weight", List.of((long) intermediate, h));
            shapes.put(path + "mlp.up_proj.weight", List.of((long) intermediate, h));
            shapes.put(path + "mlp.down_proj.weight", List.of(h, (long) intermediate));
        }
        return shapes;
    }

    /** Names of a layer's nine tensors in the order of plain_decoder.py. */
    static List<String> layerNames(int layer) {
        String path = "model.layers." + layer + ".";
        return List.of(
                path + "input_layernorm.weight",
                path + "self_attn.q_proj.weight",
                path + "self_attn.k_proj.weight",
                path + "self_attn.v_proj.weight",
                path + "self_attn.o_proj.weight",
                path + "post_attention_layernorm.weight",
                path + "mlp.gate_proj.weight",
                path + "mlp.up_proj.weight",
                path + "mlp.down_proj.weight");
    }

    List<Long> shapeOf(String name) {
        return shapes().getOrDefault(name, List.of());
    }

    static float[] normal(Random random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }
}
