package dev.anneal.engine.network.architecture;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tensors in which bitsandbytes stores a weight in 4 bits (NF4), beside the weight's own, which has two values in a
 * byte. Their names begin with the weight's.
 *
 * @param files of the checkpoint
 * @param weight name of the weight
 */
public record Nf4Tensors(WeightDirectory files, String weight) {

    /** Largest block that bitsandbytes quantises; a power of two from 32 on. */
    public static final int LARGEST_BLOCK = 4096;

    private static final String STATE = ".quant_state.bitsandbytes__nf4";
    private static final String MAGNITUDES = ".absmax";
    private static final String MAP = ".quant_map";
    private static final String NESTED_MAGNITUDES = ".nested_absmax";
    private static final String NESTED_MAP = ".nested_quant_map";
    private static final List<String> PARTS = List.of(STATE, MAGNITUDES, MAP, NESTED_MAGNITUDES, NESTED_MAP);

    /** Text of a few numbers. */
    private static final long MOST_STATE_BYTES = 64 << 10;

    /**
     * How a weight was quantised.
     *
     * @param block number of values that share a magnitude
     * @param nestedBlock number of magnitudes that share one of theirs; 0 if magnitudes are not quantised
     * @param offset what was subtracted from the magnitudes
     * @param shape of the weight
     */
    public record State(int block, int nestedBlock, double offset, List<Long> shape) {

        public State {
            shape = List.copyOf(shape);
        }
    }

    /** Whether a checkpoint has a weight in this form. */
    public static boolean has(WeightDirectory files, String weight) {
        return files.contains(weight + STATE);
    }

    /** Whether a tensor belongs to a weight in this form. */
    static boolean isPart(WeightDirectory files, String name) {
        return PARTS.stream()
                .filter(name::endsWith)
                .anyMatch(part -> has(files, name.substring(0, name.length() - part.length())));
    }

    /** Largest magnitude of each block: fp32, or indices of {@link #nestedMap}. */
    public String magnitudes() {
        return weight + MAGNITUDES;
    }

    /** The 16 values, fp32. */
    public String map() {
        return weight + MAP;
    }

    /** Largest magnitude of each block of magnitudes, fp32. */
    public String nestedMagnitudes() {
        return weight + NESTED_MAGNITUDES;
    }

    /** The 256 values of magnitudes, fp32. */
    public String nestedMap() {
        return weight + NESTED_MAP;
    }

    /**
     * @param shape that the weight must have
     * @throws ModelConfigException if a tensor is missing, or its shape or type is not that of such a weight
     */
    void check(List<Long> shape) {
        State state = state();
        if (!state.shape().equals(shape)) {
            throw refused("tensor '%s' must have the shape %s by config.json but has %s"
                    .formatted(weight, shape, state.shape()));
        }
        long values = shape.stream().reduce(1L, Math::multiplyExact);
        if (files.entry(weight).byteCount() != (values + 1) / 2) {
            throw refused("'%s' must have %d bytes, two of the %d values of the shape %s in each, but has %d"
                    .formatted(
                            weight,
                            (values + 1) / 2,
                            values,
                            shape,
                            files.entry(weight).byteCount()));
        }
        long blocks = ceilDivide(values, state.block());
        require(map(), Dtype.F32, 16);
        if (state.nestedBlock() == 0) {
            require(magnitudes(), Dtype.F32, blocks);
        } else {
            require(magnitudes(), Dtype.U8, blocks);
            require(nestedMagnitudes(), Dtype.F32, ceilDivide(blocks, state.nestedBlock()));
            require(nestedMap(), Dtype.F32, 256);
        }
    }

    private static long ceilDivide(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    private void require(String name, Dtype type, long elements) {
        if (!files.contains(name)) {
            throw refused("the weights have no tensor '" + name + "'");
        }
        TensorEntry entry = files.entry(name);
        if (entry.dtype() != type || !entry.shape().equals(List.of(elements))) {
            throw refused("tensor '%s' must be %s of the shape [%d] but is %s of %s"
                    .formatted(name, type, elements, entry.dtype(), entry.shape()));
        }
    }

    /** @throws ModelConfigException if it is not one that bitsandbytes writes for NF4 */
    public State state() {
        String name = weight + STATE;
        long bytes = files.entry(name).byteCount();
        if (bytes > MOST_STATE_BYTES) {
            throw refused("tensor '%s' has %d bytes, at most %d are read".formatted(name, bytes, MOST_STATE_BYTES));
        }
        JsonNode state;
        try {
            state = JsonMapper.shared()
                    .readTree(StandardCharsets.UTF_8
                            .decode(files.fileOf(name).bytes(name))
                            .toString());
        } catch (JacksonException | IOException e) {
            throw new ModelConfigException(files.directory(), "tensor '" + name + "' holds no JSON object", e);
        }
        boolean nested = state.hasNonNull("nested_offset");
        if (!state.path("quant_type").asString("").equals("nf4")) {
            throw refused("tensor '%s' has \"quant_type\": %s; this engine reads \"nf4\" only"
                    .formatted(name, state.path("quant_type")));
        }
        return new State(
                block(name, state, "blocksize"),
                nested ? block(name, state, "nested_blocksize") : 0,
                state.path("nested_offset").asDouble(0),
                state.path("shape").valueStream().map(size -> size.asLong(0)).toList());
    }

    private int block(String name, JsonNode state, String key) {
        int block = state.path(key).asInt(0);
        if (block < 32 || block > LARGEST_BLOCK || Integer.bitCount(block) != 1) {
            throw refused("tensor '%s' has \"%s\": %s; it must be a power of two from 32 to %d"
                    .formatted(name, key, state.path(key), LARGEST_BLOCK));
        }
        return block;
    }

    private ModelConfigException refused(String message) {
        return new ModelConfigException(files.directory(), message);
    }
}
