package dev.anneal.engine.network.draft;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.architecture.CheckpointTensors.Stored;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.architecture.WeightHeaders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The weight files of a head, which are checked before they are read. */
record EagleFiles(WeightDirectory files, EagleConfig config) {

    /**
     * Checks names and shapes.
     *
     * @return the vocabulary that the files name
     * @throws ModelConfigException if a tensor is missing, has another shape or type, or is none of such a head
     */
    DraftVocabulary checked() throws IOException {
        List<Stored> tensors = new ArrayList<>();
        EagleNames.of(config).forEach(tensors::addAll);
        if (files.contains(EagleNames.EMBEDDING)) {
            int tokens = config.layer().vocabularySize();
            tensors.add(CheckpointTensors.matrix(EagleNames.EMBEDDING, tokens, config.hiddenSize()));
        }
        WeightHeaders.check(files, tensors, Set.of(EagleNames.OFFSETS, EagleNames.MEMBERS)::contains, "such a head");
        return vocabulary();
    }

    /** Without offsets a reduced head would be taken for one of the target's first tokens. */
    private DraftVocabulary vocabulary() throws IOException {
        int target = config.layer().vocabularySize();
        if (config.draftVocabulary() == target) {
            return DraftVocabulary.whole(target);
        }
        if (!files.contains(EagleNames.OFFSETS)) {
            throw refused("has no tensor 'd2t', which says what the %d tokens of the draft are"
                    .formatted(config.draftVocabulary()));
        }
        TensorEntry entry = files.entry(EagleNames.OFFSETS);
        if (entry.dtype() != Dtype.I64 || !entry.shape().equals(List.of((long) config.draftVocabulary()))) {
            throw refused("tensor 'd2t' must be I64 [%d], found %s %s"
                    .formatted(config.draftVocabulary(), entry.dtype(), entry.shape()));
        }
        try {
            return DraftVocabulary.read(files, target);
        } catch (IllegalArgumentException e) {
            throw new ModelConfigException(files.directory(), "tensor 'd2t': " + e.getMessage(), e);
        }
    }

    private ModelConfigException refused(String message) {
        return new ModelConfigException(files.directory(), message);
    }
}
