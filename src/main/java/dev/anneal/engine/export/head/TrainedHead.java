package dev.anneal.engine.export.head;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.util.List;
import java.util.Objects;

/**
 * A trained EAGLE head.
 *
 * @param draft its kind, shape and target
 * @param target the target's configuration
 * @param tensors fp32 weights under Speculators' names, and {@code d2t} if the head proposes some tokens only; closed
 *     by the caller
 * @param targetWeights the target's weights, of which the head reads the embedding unless it has one of its own; closed
 *     by the caller
 */
public record TrainedHead(
        SpeculativeDraft draft, TargetConfig target, SafetensorsFile tensors, WeightDirectory targetWeights) {

    /** Of each draft id what its id in the target's vocabulary is larger by, int64. */
    public static final String OFFSETS = "d2t";

    /** For each token of the target's vocabulary whether it can be proposed. */
    static final String MEMBERS = "t2d";

    static final String EMBEDDING = "embed_tokens.weight";
    static final String LAYER = "layers.0.";

    boolean isEagle3() {
        return draft.kind().equals(SpeculativeDraft.EAGLE3);
    }

    boolean has(String tensor) {
        return tensors.tensors().containsKey(tensor);
    }

    boolean hasAnyEndingIn(String suffix) {
        return tensors.tensors().keySet().stream().anyMatch(name -> name.endsWith(suffix));
    }

    /** Streams of the target that an EAGLE-3 head reads. */
    List<Integer> streams() {
        return shape().layers();
    }

    /** Shape of an EAGLE-3 head. */
    EagleHead shape() {
        return Objects.requireNonNull(draft.head(), "an EAGLE-3 head has a shape");
    }

    int targetVocabulary() {
        return target.sizes().vocabularySize();
    }

    /** Number of tokens that it can propose. */
    int vocabulary() {
        return isEagle3() ? shape().vocabularySize() : targetVocabulary();
    }

    boolean isReduced() {
        return vocabulary() != targetVocabulary();
    }
}
