package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.model.DecoderModel;
import java.util.List;
import java.util.Set;

/** EAGLE-3 heads before their training, whose proposals are hardly ever right. */
public final class NewHeads {

    private NewHeads() {}

    /** @param draftTokens number of tokens that it can propose */
    public static EagleHead of(DecoderModel target, List<Integer> streams, int draftTokens) {
        EagleConfig config = new EagleConfig(
                EagleConfig.Version.EAGLE3,
                target.config().ofOneLayer(0),
                streams,
                draftTokens,
                Set.of(EagleSwitch.NORM_BEFORE_RESIDUAL, EagleSwitch.NORM_OUTPUT));
        DraftVocabulary vocabulary =
                DraftVocabulary.ofCounts(new long[target.config().vocabularySize()], config.draftVocabulary());
        return EagleHead.create(target, config, vocabulary, target.config().layers() - 1);
    }
}
