package dev.anneal.engine.network.lora;

import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.network.architecture.Architecture;
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
 * @param options what its family leaves open
 * @param weights its tensors by name, in row order
 */
public record RandomModel(
        int hidden,
        int intermediate,
        int heads,
        int keyValueHeads,
        int headSize,
        int layers,
        int vocabulary,
        Architecture family,
        Options options,
        Map<String, float[]> weights) {

    /**
     * What a family's configuration may choose; what it has not is false or 0.
     *
     * @param window tokens that a query sees from layer {@code fullLayers} on; 0 for all
     */
    public record Options(boolean inputBias, boolean outputBias, boolean feedForwardBias, int window, int fullLayers) {

        static Options of(Architecture family, Random random, int longestRow) {
            boolean bias = random.nextBoolean();
            boolean feedForwardBias = random.nextBoolean();
            // With a window of 1 nothing is weighed and queries have no gradient.
            int window = 2 + random.nextInt(longestRow - 2);
            int fullLayers = random.nextInt(2);
            return switch (family) {
                case LLAMA -> new Options(bias, bias, feedForwardBias, 0, 0);
                case MISTRAL -> new Options(false, false, false, window, 0);
                case QWEN2 -> new Options(true, false, false, window, fullLayers);
                case QWEN3 -> new Options(bias, bias, false, random.nextBoolean() ? window : 0, fullLayers);
            };
        }

        int windowOf(int layer) {
            return layer < fullLayers ? 0 : window;
        }
    }

    /** @param longestRow bound of the window, so that it hides something */
    public static RandomModel in(Path folder, Architecture family, Random random, int longestRow) throws IOException {
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
                family,
                Options.of(family, random, longestRow),
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
                {"architectures": ["%s"], "hidden_act": "silu", "vocab_size": %d, "hidden_size": %d,
                 "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
                 "head_dim": %d, "max_position_embeddings": 1024, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
                 "tie_word_embeddings": false, "torch_dtype": "float32", %s}
                """.formatted(
                        family.className(),
                        vocabulary,
                        hidden,
                        intermediate,
                        layers,
                        heads,
                        keyValueHeads,
                        headSize,
                        keysOfFamily()));
    }

    private String keysOfFamily() {
        String bias = "\"attention_bias\": " + options.inputBias();
        String window = """
                "use_sliding_window": %s, "sliding_window": %d, "max_window_layers": %d""".formatted(options.window() > 0, options.window(), options.fullLayers());
        return switch (family) {
            case LLAMA -> bias + ", \"mlp_bias\": " + options.feedForwardBias();
            case MISTRAL -> "\"sliding_window\": " + options.window();
            case QWEN2 -> window;
            case QWEN3 -> bias + ", " + window;
        };
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
            long f = intermediate;
            shapes.put(path + "input_layernorm.weight", List.of(h));
            put(shapes, path + "self_attn.q_proj", q, h, options.inputBias());
            put(shapes, path + "self_attn.k_proj", kv, h, options.inputBias());
            put(shapes, path + "self_attn.v_proj", kv, h, options.inputBias());
            put(shapes, path + "self_attn.o_proj", h, q, options.outputBias());
            shapes.put(path + "post_attention_layernorm.weight", List.of(h));
            put(shapes, path + "mlp.gate_proj", f, h, options.feedForwardBias());
            put(shapes, path + "mlp.up_proj", f, h, options.feedForwardBias());
            put(shapes, path + "mlp.down_proj", h, f, options.feedForwardBias());
            if (family == Architecture.QWEN3) {
                shapes.put(path + "self_attn.q_norm.weight", List.of((long) headSize));
                shapes.put(path + "self_attn.k_norm.weight", List.of((long) headSize));
            }
        }
        return shapes;
    }

    private static void put(Map<String, List<Long>> shapes, String module, long outputs, long inputs, boolean bias) {
        shapes.put(module + ".weight", List.of(outputs, inputs));
        if (bias) {
            shapes.put(module + ".bias", List.of(outputs));
        }
    }

    /** Names of a layer's tensors in the order of plain_decoder.py, whether the family has them or not. */
    static List<String> layerNames(int layer) {
        String path = "model.layers." + layer + ".";
        List<String> modules = List.of(
                path + "self_attn.q_proj",
                path + "self_attn.k_proj",
                path + "self_attn.v_proj",
                path + "self_attn.o_proj",
                path + "mlp.gate_proj",
                path + "mlp.up_proj",
                path + "mlp.down_proj");
        List<String> names = new ArrayList<>();
        names.add(path + "input_layernorm.weight");
        names.add(path + "post_attention_layernorm.weight");
        modules.forEach(module -> names.add(module + ".weight"));
        modules.forEach(module -> names.add(module + ".bias"));
        names.add(path + "self_attn.q_norm.weight");
        names.add(path + "self_attn.k_norm.weight");
        return names;
    }

    List<Long> shapeOf(String name) {
        return shapes().getOrDefault(name, List.of(0L));
    }

    static float[] normal(Random random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }
}
