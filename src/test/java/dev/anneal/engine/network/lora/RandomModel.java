package dev.anneal.engine.network.lora;

import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.network.architecture.Architecture;
import dev.anneal.engine.network.architecture.DecoderSpec;
import dev.anneal.engine.network.architecture.Projections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * A checkpoint of random shape and weights in a folder of its own.
 *
 * @param options what its family leaves open
 * @param weights its tensors by name, in row order; those that a file has as one are several
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

    private static final int FIRST_FAMILIES = 4;
    private static final int FIRST_SEEDS = 24;
    private static final int SEEDS_OF_A_LATER_FAMILY = 4;

    /** Names no tensor. */
    private static final String NONE = "none";

    /**
     * What a family's configuration may choose; what it has not is false or 0.
     *
     * @param window tokens that a query sees from layer {@code fullLayers} on; 0 for all
     * @param unrotated each so many-th layer does not rotate queries and keys; 0 for none
     */
    public record Options(
            boolean inputBias,
            boolean outputBias,
            boolean feedForwardBias,
            int window,
            int fullLayers,
            int unrotated,
            Factors factors) {

        /**
         * Multipliers as Granite's configuration has them.
         *
         * @param attention 0 if it is not said
         */
        public record Factors(double attention, double embedding, double residual, double logits) {

            static final Factors NONE = new Factors(0, 1, 1, 1);

            double attention(int headSize) {
                return attention == 0 ? 1 / Math.sqrt(headSize) : attention;
            }

            private static Factors drawn(Random random) {
                return new Factors(
                        0.1 + random.nextDouble(),
                        1 + 8 * random.nextDouble(),
                        0.2 + random.nextDouble(),
                        1 + 3 * random.nextDouble());
            }
        }

        private static Options of(boolean[] biased, int window, int fullLayers) {
            return new Options(biased[0], biased[1], biased[2], window, fullLayers, 0, Factors.NONE);
        }

        static Options of(Architecture family, Random random, int longestRow) {
            boolean bias = random.nextBoolean();
            boolean feedForwardBias = random.nextBoolean();
            // With a window of 1 nothing is weighed and queries have no gradient.
            int window = 2 + random.nextInt(longestRow - 2);
            int fullLayers = random.nextInt(2);
            return switch (family) {
                case LLAMA -> of(new boolean[] {bias, bias, feedForwardBias}, 0, 0);
                case MISTRAL, MINISTRAL3, PHI3 -> of(new boolean[] {false, false, false}, window, 0);
                case QWEN2 -> of(new boolean[] {true, false, false}, window, fullLayers);
                case QWEN3 -> of(new boolean[] {bias, bias, false}, random.nextBoolean() ? window : 0, fullLayers);
                // Where keys are not rotated, their bias changes nothing and has no gradient.
                case SMOLLM3 ->
                    new Options(
                            false,
                            false,
                            feedForwardBias,
                            random.nextBoolean() ? window : 0,
                            fullLayers,
                            2,
                            Factors.NONE);
                case GRANITE -> new Options(bias, bias, feedForwardBias, 0, 0, 0, Factors.drawn(random));
                case SEED_OSS -> of(new boolean[] {bias, random.nextBoolean(), feedForwardBias}, 0, 0);
                case GEMMA3 ->
                    new Options(
                            bias, bias, false, window, fullLayers, 0, new Factors(0.1 + random.nextDouble(), 1, 1, 1));
                case OLMO2, GEMMA -> of(new boolean[] {bias, bias, false}, 0, 0);
                case OLMO3 -> of(new boolean[] {bias, bias, false}, window, fullLayers);
                // All layers have the window: others would not be rotated.
                case EXAONE4 -> of(new boolean[] {false, false, false}, window, 0);
            };
        }

        boolean rotates(int layer) {
            return unrotated == 0 || (layer + 1) % unrotated != 0;
        }

        int windowOf(int layer) {
            return layer < fullLayers ? 0 : window;
        }
    }

    /** Two of each of the first four families, three times, then four of each later one. */
    static Architecture familyOf(long seed) {
        List<Architecture> families = List.of(Architecture.values());
        long family = isOfLaterFamily(seed)
                ? FIRST_FAMILIES + (seed - FIRST_SEEDS) / SEEDS_OF_A_LATER_FAMILY
                : seed / 2 % FIRST_FAMILIES;
        return families.get((int) family);
    }

    static boolean isOfLaterFamily(long seed) {
        return seed >= FIRST_SEEDS;
    }

    static LongStream seeds() {
        int later = Architecture.values().length - FIRST_FAMILIES;
        return LongStream.range(0, FIRST_SEEDS + (long) SEEDS_OF_A_LATER_FAMILY * later);
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
        shapes().forEach((name, shape) -> {
            boolean norm = name.endsWith("norm.weight");
            float[] values = normal(
                    random,
                    (int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b),
                    norm ? 0.25 : 0.2);
            if (norm && spec().gain().offset() == 0) {
                for (int i = 0; i < values.length; i++) {
                    values[i] += 1;
                }
            }
            weights.put(name, values);
        });
        List<TensorData> tensors = new ArrayList<>();
        stored().forEach((name, parts) -> {
            List<Long> shape = new ArrayList<>(shapeOf(parts.get(0)));
            shape.set(0, parts.stream().mapToLong(part -> shapeOf(part).get(0)).sum());
            tensors.add(TensorsInMemory.ofFloats(
                    name, shape, joined(parts.stream().map(weights::get).toList())));
        });
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["%s"], "hidden_act": "%s", "vocab_size": %d, "hidden_size": %d,
                 "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
                 "head_dim": %d, "max_position_embeddings": 1024, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
                 "tie_word_embeddings": false, "torch_dtype": "float32", %s}
                """.formatted(
                        family.className(),
                        spec().gate() == DecoderSpec.Gate.SILU ? "silu" : "gelu_pytorch_tanh",
                        vocabulary,
                        hidden,
                        intermediate,
                        layers,
                        heads,
                        keyValueHeads,
                        headSize,
                        keysOfFamily()));
    }

    /** Of each tensor in the file the names of those of {@link #weights} that it consists of, one under another. */
    Map<String, List<String>> stored() {
        return weights.keySet().stream()
                .collect(Collectors.groupingBy(this::storedName, LinkedHashMap::new, Collectors.toList()));
    }

    private String storedName(String name) {
        return spec().projections() == Projections.SEPARATE
                ? name
                : name.replaceFirst("[qkv]_proj", "qkv_proj").replaceFirst("(gate|up)_proj", "gate_up_proj");
    }

    static float[] joined(List<float[]> parts) {
        float[] whole = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }

    private String keysOfFamily() {
        String bias = "\"attention_bias\": " + options.inputBias();
        String window = """
                "use_sliding_window": %s, "sliding_window": %d, "max_window_layers": %d""".formatted(options.window() > 0, options.window(), options.fullLayers());
        return switch (family) {
            case LLAMA -> bias + ", \"mlp_bias\": " + options.feedForwardBias();
            case MISTRAL, PHI3 -> "\"sliding_window\": " + options.window();
            // No row reaches the position at which queries begin to grow: the plain decoder's do not.
            case MINISTRAL3 -> """
                "sliding_window": %d, "pad_token_id": null, "rope_parameters": {"rope_type": "default",
                 "rope_theta": 10000.0, "llama_4_scaling_beta": 0.1, "original_max_position_embeddings": 1024}""".formatted(options.window());
            case QWEN2 -> window;
            case QWEN3 -> bias + ", " + window;
            case SMOLLM3 ->
                "%s, \"mlp_bias\": %s, %s, \"no_rope_layer_interval\": %d, \"layer_types\": %s"
                        .formatted(bias, options.feedForwardBias(), window, options.unrotated(), layerTypes());
            case GRANITE ->
                "%s, \"mlp_bias\": %s, %s".formatted(bias, options.feedForwardBias(), keysOf(options.factors()));
            case SEED_OSS ->
                "%s, \"attention_out_bias\": %s, \"mlp_bias\": %s, \"pad_token_id\": null"
                        .formatted(bias, options.outputBias(), options.feedForwardBias());
            // Both kinds of layers are rotated alike, as the plain decoder does.
            case GEMMA3 ->
                "%s, \"pad_token_id\": null, \"sliding_window\": %d,".formatted(bias, options.window())
                        + " \"layer_types\": %s, \"query_pre_attn_scalar\": %s"
                                .formatted(
                                        layerTypes(), Math.pow(options.factors().attention(), -2));
            case OLMO2, GEMMA -> bias + ", \"pad_token_id\": null";
            case OLMO3 ->
                bias
                        + ", \"pad_token_id\": null, \"rope_parameters\": {\"sliding_attention\": {\"rope_theta\": 10000.0}}, "
                        + slidingLayers();
            case EXAONE4 -> slidingLayers();
        };
    }

    private String slidingLayers() {
        return "\"sliding_window\": %d, \"layer_types\": %s".formatted(options.window(), layerTypes());
    }

    DecoderSpec spec() {
        return family.spec();
    }

    /** Factor of the input embedding's rows. */
    double embeddingScale() {
        return spec().scaledEmbedding() ? Math.sqrt(hidden) : options.factors().embedding();
    }

    private List<String> layerTypes() {
        return IntStream.range(0, layers)
                .mapToObj(layer -> options.windowOf(layer) > 0 ? "\"sliding_attention\"" : "\"full_attention\"")
                .toList();
    }

    private static String keysOf(Options.Factors factors) {
        return """
                "attention_multiplier": %s, "embedding_multiplier": %s, "residual_multiplier": %s, "logits_scaling": %s""".formatted(factors.attention(), factors.embedding(), factors.residual(), factors.logits());
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
            if (spec().normsInputs()) {
                shapes.put(path + "input_layernorm.weight", List.of(h));
            }
            put(shapes, path + "self_attn.q_proj", q, h, options.inputBias());
            put(shapes, path + "self_attn.k_proj", kv, h, options.inputBias());
            put(shapes, path + "self_attn.v_proj", kv, h, options.inputBias());
            put(shapes, path + "self_attn.o_proj", h, q, options.outputBias());
            shapes.put(path + "post_attention_layernorm.weight", List.of(h));
            put(shapes, path + "mlp.gate_proj", f, h, options.feedForwardBias());
            put(shapes, path + "mlp.up_proj", f, h, options.feedForwardBias());
            put(shapes, path + "mlp.down_proj", h, f, options.feedForwardBias());
            if (spec().norms() == DecoderSpec.Norms.AROUND) {
                shapes.put(path + "pre_feedforward_layernorm.weight", List.of(h));
            }
            if (spec().normsOutputs()) {
                shapes.put(path + "post_feedforward_layernorm.weight", List.of(h));
            }
            boolean whole = spec().queryKeyNorm() == DecoderSpec.QueryKeyNorm.WHOLE;
            if (spec().queryKeyNorm() != DecoderSpec.QueryKeyNorm.NONE) {
                shapes.put(path + "self_attn.q_norm.weight", List.of(whole ? q : headSize));
                shapes.put(path + "self_attn.k_norm.weight", List.of(whole ? kv : headSize));
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
    List<String> layerNames(int layer) {
        boolean ofOutputs = spec().normsOutputs();
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
        names.add(path + (ofOutputs ? "pre_feedforward_layernorm.weight" : "post_attention_layernorm.weight"));
        modules.forEach(module -> names.add(module + ".weight"));
        modules.forEach(module -> names.add(module + ".bias"));
        names.add(path + "self_attn.q_norm.weight");
        names.add(path + "self_attn.k_norm.weight");
        names.add(ofOutputs ? path + "post_attention_layernorm.weight" : NONE);
        names.add(path + "post_feedforward_layernorm.weight");
        return names;
    }

    List<Long> shapeOf(String name) {
        return shapes().getOrDefault(name, List.of(0L));
    }

    public static float[] normal(Random random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }
}
