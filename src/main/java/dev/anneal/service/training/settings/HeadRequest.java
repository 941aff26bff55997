package dev.anneal.service.training.settings;

import dev.anneal.protocol.Setting;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The shape of an EAGLE head in a request, under the keys of {@code method.speculative_draft.head}; null where the
 * client leaves the choice open.
 */
public record HeadRequest(
        @Setting(key = "layer_ids", range = "[0, 65536]", entries = 16) @Nullable
        List<Integer> layers,

        @Setting(key = "draft_vocab_size", range = "[1, 16777216]") @Nullable
        Integer vocabularySize,

        @Setting @Nullable Boolean normBeforeResidual,
        @Setting @Nullable Boolean normBeforeFc,
        @Setting @Nullable Boolean fcNorm,
        @Setting @Nullable Boolean normOutput) {

    static final String PARAM = "method.speculative_draft.head";
    static final HeadRequest OPEN = new HeadRequest(null, null, null, null, null, null);

    static HeadRequest read(StrictObject given) {
        HeadRequest request = given.read(HeadRequest.class);
        List<Integer> layers = request.layers;
        if (layers != null && !layers.equals(layers.stream().sorted().distinct().toList())) {
            throw given.invalid("layer_ids", "must hold different layers in ascending order", layers);
        }
        if (Boolean.TRUE.equals(request.fcNorm) && Boolean.TRUE.equals(request.normBeforeFc)) {
            throw given.invalid("fc_norm", "must be false or left out where norm_before_fc is true", true);
        }
        return request;
    }

    /** A new head; layers and vocabulary that are left open are none and 0. */
    EagleHead head(int steps, double decay) {
        boolean normsStreams = Boolean.TRUE.equals(fcNorm);
        return new EagleHead(
                layers == null ? List.of() : layers,
                vocabularySize == null ? 0 : vocabularySize,
                steps,
                decay,
                !Boolean.FALSE.equals(normBeforeResidual),
                normBeforeFc == null ? !normsStreams : normBeforeFc,
                normsStreams,
                !Boolean.FALSE.equals(normOutput));
    }

    /**
     * A head that begins with an earlier one, whose shape it keeps.
     *
     * @param own the steps of this training
     * @param name name of the earlier draft, for messages
     * @throws Refusal naming both values if the request contradicts it
     */
    EagleHead continuing(EagleHead own, EagleHead earlier, String name) {
        requireSame("layer_ids", layers, earlier.layers(), name);
        requireSame("draft_vocab_size", vocabularySize, earlier.vocabularySize(), name);
        requireSame("norm_before_residual", normBeforeResidual, earlier.normBeforeResidual(), name);
        requireSame("norm_before_fc", normBeforeFc, earlier.normBeforeFc(), name);
        requireSame("fc_norm", fcNorm, earlier.fcNorm(), name);
        requireSame("norm_output", normOutput, earlier.normOutput(), name);
        return earlier.trainedBy(own.steps(), own.decay());
    }

    private static void requireSame(String key, @Nullable Object asked, Object earlier, String name) {
        if (asked != null && !Objects.equals(asked, earlier)) {
            throw Refusal.invalidValue(
                    PARAM + "." + key,
                    "'%s.%s' is %s, but the head of '%s' has %s and keeps it; leave the key out"
                            .formatted(PARAM, key, asked, name, earlier));
        }
    }
}
