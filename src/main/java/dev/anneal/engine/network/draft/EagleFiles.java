package dev.anneal.engine.network.draft;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors.Stored;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The weight files of a head, which are checked before they are read. */
record EagleFiles(WeightDirectory files, EagleConfig config) {

    /** Tensors that a head may have or not. */
    private static final Set<String> OPTIONAL = Set.of(EagleNames.EMBEDDING, EagleNames.OFFSETS, EagleNames.MEMBERS);

    /**
     * Checks names and shapes.
     *
     * @return the vocabulary that the files name
     * @throws ModelConfigException if a tensor is missing, has another shape or type, or is none of such a head
     */
    DraftVocabulary checked() throws IOException {
        List<Stored> required =
                EagleNames.of(config).stream().flatMap(List::stream).toList();
        required.forEach(this::require);
        int hidden = config.hiddenSize();
        if (files.contains(EagleNames.EMBEDDING)) {
            require(new Stored(
                    EagleNames.EMBEDDING, List.of((long) config.layer().vocabularySize(), (long) hidden)));
        }
        Set<String> known = required.stream().map(Stored::name).collect(Collectors.toSet());
        for (String name : files.names()) {
            if (!known.contains(name) && !OPTIONAL.contains(name)) {
                throw refused("tensor '" + name + "' has no place in such a head");
            }
        }
        return vocabulary();
    }

    private void require(Stored stored) {
        if (!files.contains(stored.name())) {
            throw refused("has no tensor '" + stored.name() + "'");
        }
        TensorEntry entry = files.entry(stored.name());
        if (!entry.shape().equals(stored.shape())
                || ElementType.of(entry.dtype()).isEmpty()) {
            throw refused("tensor '%s' must be floating-point numbers of the shape %s, found %s %s"
                    .formatted(stored.name(), stored.shape(), entry.dtype(), entry.shape()));
        }
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
            return DraftVocabulary.ofOffsets(offsets(), target);
        } catch (IllegalArgumentException e) {
            throw new ModelConfigException(files.directory(), "tensor 'd2t': " + e.getMessage(), e);
        }
    }

    private long[] offsets() throws IOException {
        ByteBuffer bytes = files.fileOf(EagleNames.OFFSETS).bytes(EagleNames.OFFSETS);
        long[] offsets = new long[config.draftVocabulary()];
        bytes.asLongBuffer().get(offsets);
        return offsets;
    }

    private ModelConfigException refused(String message) {
        return new ModelConfigException(files.directory(), message);
    }
}
