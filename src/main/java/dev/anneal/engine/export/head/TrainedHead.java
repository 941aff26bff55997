package dev.anneal.engine.export.head;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
        SpeculativeDraft draft, TargetConfig target, WeightDirectory tensors, WeightDirectory targetWeights) {

    /** What is wrong with its tensors; empty if they are those of such a head. */
    public Optional<String> fault() {
        return new HeadTensors(this).fault();
    }

    boolean isEagle3() {
        return draft.kind().equals(SpeculativeDraft.EAGLE3);
    }

    public boolean has(String tensor) {
        return tensors.contains(tensor);
    }

    boolean hasAnyEndingIn(String suffix) {
        return tensors.names().stream().anyMatch(name -> name.endsWith(suffix));
    }

    /** Streams of the target that an EAGLE-3 head reads. */
    List<Integer> streams() {
        return shape().layers();
    }

    /** Shape of an EAGLE-3 head. */
    EagleHead shape() {
        return Objects.requireNonNull(draft.head(), "an EAGLE-3 head has a shape");
    }

    public int targetVocabulary() {
        return target.sizes().vocabularySize();
    }

    /** Number of tokens that it can propose. */
    int vocabulary() {
        return isEagle3() ? shape().vocabularySize() : targetVocabulary();
    }

    /** Whether it can propose some tokens only. */
    public boolean isReduced() {
        return vocabulary() != targetVocabulary();
    }
}
