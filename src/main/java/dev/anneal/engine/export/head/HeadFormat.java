package dev.anneal.engine.export.head;

import dev.anneal.engine.network.draft.EagleConfig;
import dev.anneal.protocol.DraftFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A format of the folder of one head: {@code config.json} and {@code model.safetensors}. */
public interface HeadFormat {

    /** Why a head without a {@link TrainedHead#fault} cannot be written in this format; empty if it can. */
    Optional<String> obstacle();

    /**
     * The configuration.
     *
     * @param dtype torch's name of the type in which weights are written
     */
    Map<String, @Nullable Object> config(String dtype);

    /** Vectors of zeros that the folder needs and the head does not have: their lengths by name. */
    default Map<String, Integer> zeros() {
        return Map.of();
    }

    /** Whether the folder holds the embedding that the head reads. */
    default boolean hasEmbedding() {
        return false;
    }

    /**
     * The head's floating-point tensors that the folder holds: their names in the folder, by those that they have in
     * the head.
     */
    Map<String, String> weights();

    /**
     * The shape that a folder's configuration describes.
     *
     * @throws dev.anneal.engine.network.architecture.ModelConfigException if it describes no such head
     */
    EagleConfig shape(Path configJson) throws IOException;

    static HeadFormat of(DraftFormat format, TrainedHead head) {
        return switch (format) {
            case SPECULATORS -> new SpeculatorsFormat(head);
            case EAGLE -> head.isEagle3() ? new Eagle3Format(head) : new Eagle1Format(head);
            case HUGGINGFACE -> throw new IllegalArgumentException("a head is no model by itself");
        };
    }
}
