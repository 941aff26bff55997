package dev.anneal.engine.network.peft;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.TextNames;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projection;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tensors of an adapter by the names of PEFT's {@code save_pretrained}. Also accepts names without the leading
 * {@code base_model.model.}, with the adapter's name {@code default}, which PEFT uses in memory, and those of the
 * language model in a multimodal one.
 *
 * @param byName each A and B by its name
 * @param targets adapted projections, the same in every layer
 */
record PeftNames(Map<String, TensorEntry> byName, Set<Projection> targets) {

    private static final String PREFIX = "base_model.model.";
    private static final Set<Dtype> TYPES = EnumSet.of(Dtype.F32, Dtype.BF16, Dtype.F16);

    /**
     * @throws PeftException if a tensor is unknown, missing, or of another type or shape than settings and model call
     *     for
     */
    static PeftNames of(Collection<TensorEntry> tensors, PeftSettings settings, ModelConfig model) {
        Map<String, List<Long>> shapes = shapes(settings, model);
        Map<String, TensorEntry> byName = new LinkedHashMap<>();
        for (TensorEntry tensor : tensors) {
            String name = PREFIX + plain(tensor.name());
            List<Long> shape = shapes.get(name);
            if (shape == null) {
                throw unknown(tensor, model);
            }
            if (!TYPES.contains(tensor.dtype()) || !tensor.shape().equals(shape)) {
                throw new PeftException("tensor '%s' is %s %s but must be F32, BF16 or F16 %s: rank %d, for this model"
                        .formatted(tensor.name(), tensor.dtype(), tensor.shape(), shape, settings.rank()));
            }
            if (byName.put(name, tensor) != null) {
                throw new PeftException(
                        "tensor '" + tensor.name() + "' is there twice, under two spellings of its name");
            }
        }
        Set<Projection> targets = targets(byName.keySet(), model);
        requireListed(settings, targets);
        return new PeftNames(Collections.unmodifiableMap(byName), Collections.unmodifiableSet(targets));
    }

    /** The shape of every A and B that an adapter of this model can have. */
    private static Map<String, List<Long>> shapes(PeftSettings settings, ModelConfig model) {
        Map<String, List<Long>> shapes = new HashMap<>();
        for (int layer = 0; layer < model.layers(); layer++) {
            for (Projection projection : model.projections().all()) {
                long rank = settings.rank();
                shapes.put(projection.adapterName(layer, 'A'), List.of(rank, (long) projection.inputSize(model)));
                shapes.put(projection.adapterName(layer, 'B'), List.of((long) projection.outputSize(model), rank));
            }
        }
        return shapes;
    }

    private static String plain(String name) {
        String inModel = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        return TextNames.withinLanguageModel(inModel)
                .replace(".lora_A.default.weight", ".lora_A.weight")
                .replace(".lora_B.default.weight", ".lora_B.weight");
    }

    private static PeftException unknown(TensorEntry tensor, ModelConfig model) {
        String name = tensor.name();
        if (name.contains("lora_embedding_") || name.contains("embed_tokens") || name.contains("lm_head")) {
            return new PeftException("tensor '" + name
                    + "' belongs to an embedding or the head, which adapters of this engine do not change");
        }
        if (name.contains("lora_magnitude_vector")) {
            return new PeftException("tensor '" + name + "' is DoRA's magnitude, which is not supported");
        }
        return new PeftException("tensor '%s' is no A or B of a projection of this model, which has %d layers with %s"
                .formatted(name, model.layers(), model.projections().names()));
    }

    private static Set<Projection> targets(Set<String> names, ModelConfig model) {
        Set<Projection> targets = EnumSet.noneOf(Projection.class);
        for (Projection projection : model.projections().all()) {
            if (names.contains(projection.adapterName(0, 'A'))) {
                targets.add(projection);
            }
        }
        if (targets.isEmpty()) {
            throw new PeftException("no projection of layer 0 is adapted; all layers must adapt the same ones");
        }
        Set<String> extra = new HashSet<>(names);
        for (int layer = 0; layer < model.layers(); layer++) {
            for (Projection projection : targets) {
                for (char matrix : new char[] {'A', 'B'}) {
                    String name = projection.adapterName(layer, matrix);
                    if (!extra.remove(name)) {
                        throw new PeftException("has no tensor '" + name
                                + "'; each adapted projection needs its A and B in every layer");
                    }
                }
            }
        }
        if (!extra.isEmpty()) {
            throw new PeftException(
                    "some layers adapt other projections than layer 0, which adapts %s; all must adapt the same"
                            .formatted(shortNames(targets)));
        }
        return targets;
    }

    /**
     * A list must name exactly the adapted projections, or PEFT would have computed something else. Patterns are not
     * evaluated.
     */
    private static void requireListed(PeftSettings settings, Set<Projection> targets) {
        List<String> listed = settings.listedTargets();
        if (listed == null) {
            return;
        }
        Set<String> names = new TreeSet<>();
        listed.forEach(target -> names.add(target.substring(target.lastIndexOf('.') + 1)));
        if (!names.equals(new TreeSet<>(shortNames(targets)))) {
            throw new PeftException("'target_modules' of %s names %s but the tensors are those of %s"
                    .formatted(PeftSettings.FILE, names, shortNames(targets)));
        }
    }

    private static List<String> shortNames(Set<Projection> projections) {
        return projections.stream().map(Projection::shortName).sorted().toList();
    }
}
