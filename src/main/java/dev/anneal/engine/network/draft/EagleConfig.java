package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.architecture.LayerShape;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.Projections;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Shape of a draft head.
 *
 * @param layer its decoder layer as a model of one layer, with the target's vocabulary
 * @param streams the target's residual streams that EAGLE-3 reads: stream k enters layer k. Empty in EAGLE-1, which
 *     reads the state after the final norm
 * @param draftVocabulary number of tokens that it can propose
 */
public record EagleConfig(
        Version kind, ModelConfig layer, List<Integer> streams, int draftVocabulary, Set<EagleSwitch> switches)
        implements LayerShape {

    /** What a head reads of the target. */
    public enum Version {
        /** Li et al. 2024, arXiv:2401.15077. */
        EAGLE1,
        /** Li et al. 2025, arXiv:2503.01840. */
        EAGLE3
    }

    public EagleConfig {
        streams = List.copyOf(streams);
        switches = Set.copyOf(switches);
        if (kind == Version.EAGLE3 && streams.isEmpty()) {
            throw new IllegalArgumentException("an EAGLE-3 head reads at least one stream of its target");
        }
        if (kind == Version.EAGLE1 && draftVocabulary != layer.vocabularySize()) {
            throw new IllegalArgumentException("an EAGLE-1 head proposes every token of its target's vocabulary");
        }
        if (switches.contains(EagleSwitch.NORM_BEFORE_FC) && switches.contains(EagleSwitch.FC_NORM)) {
            throw new IllegalArgumentException("norm_before_fc and fc_norm exclude each other");
        }
        if (draftVocabulary < 1 || draftVocabulary > layer.vocabularySize()) {
            throw new IllegalArgumentException(
                    "a draft of %d tokens for a target of %d".formatted(draftVocabulary, layer.vocabularySize()));
        }
    }

    /**
     * Reads the {@code config.json} of an EAGLE-3 head as Speculators writes it.
     *
     * @throws dev.anneal.engine.network.architecture.ModelConfigException if the engine does not run such a head
     */
    public static EagleConfig read(Path configJson) throws IOException {
        return EagleConfigFile.read(configJson);
    }

    boolean has(EagleSwitch one) {
        return switches.contains(one);
    }

    boolean isEagle3() {
        return kind == Version.EAGLE3;
    }

    /** Width of fc's input. */
    int fcInputs() {
        return hiddenSize() * (isEagle3() ? streams.size() : 2);
    }

    /** How many parts of fc's input are normed by themselves; 0 for none. */
    int fcNorms() {
        if (has(EagleSwitch.NORM_BEFORE_FC)) {
            return 1;
        }
        return has(EagleSwitch.FC_NORM) ? streams.size() : 0;
    }

    @Override
    public int layers() {
        return 1;
    }

    @Override
    public int hiddenSize() {
        return layer.hiddenSize();
    }

    @Override
    public int attentionInputSize() {
        return hiddenSize() * (isEagle3() ? 2 : 1);
    }

    @Override
    public int intermediateSize() {
        return layer.intermediateSize();
    }

    @Override
    public int heads() {
        return layer.heads();
    }

    @Override
    public int keyValueHeads() {
        return layer.keyValueHeads();
    }

    @Override
    public int headSize() {
        return layer.headSize();
    }

    @Override
    public Projections projections() {
        return EagleNames.PROJECTIONS;
    }

    @Override
    public String weightName(Projection projection, int number) {
        return EagleNames.LAYER + projection.pathInLayer() + ".weight";
    }

    @Override
    public String adapterName(Projection projection, int number, char matrix) {
        return EagleNames.LAYER + projection.pathInLayer() + ".lora_" + matrix + ".weight";
    }
}
