package dev.anneal.service.training.settings;

import dev.anneal.engine.network.architecture.LayerWidths;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.protocol.Setting;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import dev.anneal.service.training.settings.ModelProfile.LayerSize;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * EAGLE heads in requests: {@code method.speculative_draft.head}. Layers and vocabulary that a request leaves open
 * depend on the target: until they are fitted to it, a head has no layers and the vocabulary 0.
 */
final class EagleHeads {

    private static final String PARAM = HeadRequest.PARAM;

    /** Tokens that a head can propose by default, as in SpecForge's configurations. */
    private static final int VOCABULARY = 32_000;

    /** With fewer layers the default streams [2, n / 2, n - 3] are not three. */
    private static final int LAYERS_OF_DEFAULT = 7;

    private EagleHeads() {}

    /** The head of a kind; null for kinds without one. */
    static @Nullable EagleHead read(String kind, StrictObject draft) {
        StrictObject given = draft.object("head");
        if (given != null && !kind.equals(TrainingMethod.SpeculativeDraft.EAGLE3)) {
            throw Refusal.invalidValue(
                    PARAM,
                    "'%s' is given, but only the kind 'eagle3' has such settings and 'kind' is '%s'; leave it out"
                            .formatted(PARAM, kind));
        }
        return switch (kind) {
            case TrainingMethod.SpeculativeDraft.EAGLE3 -> read(draft.objectOrEmpty("head"));
            case TrainingMethod.SpeculativeDraft.EAGLE1 ->
                new EagleHead(List.of(), 0, 1, 1.0, false, false, false, false);
            default -> null;
        };
    }

    /** Bytes that the hidden states of so many tokens take. */
    static long stateBytes(String kind, EagleHead head, ModelProfile target, EngineSetup engine, long tokens) {
        int streams = kind.equals(TrainingMethod.SpeculativeDraft.EAGLE1)
                ? 0
                : head.layers().size();
        return tokens * (streams + 1) * target.hiddenSize() * engine.valueBytes(target.hiddenSize());
    }

    /** Training-time test: each step reads the hidden states of the one before it. */
    record TrainingTimeTest(
            @Setting(byDefault = "3", range = "[1, 16]") int tttSteps,
            @Setting(byDefault = "1", range = "(0, 1]") double tttStepLossDecay) {}

    private static EagleHead read(StrictObject given) {
        HeadRequest shape = HeadRequest.read(given);
        TrainingTimeTest test = given.readAll(TrainingTimeTest.class);
        return shape.head(test.tttSteps, test.tttStepLossDecay);
    }

    /**
     * The head with layers and vocabulary of its target.
     *
     * @throws Refusal if the target does not have those of the request
     */
    static EagleHead fit(String kind, EagleHead head, ModelProfile target) {
        boolean isEagle1 = kind.equals(TrainingMethod.SpeculativeDraft.EAGLE1);
        List<Integer> usual = isEagle1 ? List.of(target.layers()) : usualLayers(target.layers());
        int vocabulary = isEagle1 ? target.vocabularySize() : Math.min(VOCABULARY, target.vocabularySize());
        EagleHead fitted = head.reading(
                head.layers().isEmpty() ? usual : head.layers(),
                head.vocabularySize() == 0 ? vocabulary : head.vocabularySize());
        check(fitted, target);
        return fitted;
    }

    private static void check(EagleHead head, ModelProfile target) {
        if (!target.takesHeads()) {
            throw Refusal.invalidValue(
                    "method.speculative_draft.kind",
                    ("'method.speculative_draft.kind' is an EAGLE head, which cannot draft for '%s', because this"
                                    + " model's family multiplies embeddings, hidden states or logits, or norms the"
                                    + " outputs of its blocks; use the kind 'model'")
                            .formatted(target.id()));
        }
        int last = head.layers().get(head.layers().size() - 1);
        if (last > target.layers()) {
            throw Refusal.invalidValue(
                    PARAM + ".layer_ids",
                    ("'%s.layer_ids' names %d, but '%s' has %d layers; use numbers from 0 to %d, of which the"
                                    + " last is the output of all layers")
                            .formatted(PARAM, last, target.id(), target.layers(), target.layers()));
        }
        if (head.vocabularySize() > target.vocabularySize()) {
            throw Refusal.invalidValue(
                    PARAM + ".draft_vocab_size",
                    "'%s.draft_vocab_size' is %d, but '%s' has %d tokens; use at most that, or leave it out"
                            .formatted(PARAM, head.vocabularySize(), target.id(), target.vocabularySize()));
        }
    }

    /** Those of Speculators' trainer, or streams spread over the few layers. */
    private static List<Integer> usualLayers(int layers) {
        return layers >= LAYERS_OF_DEFAULT
                ? List.of(2, layers / 2, layers - 3)
                : Stream.of(0, layers / 2, layers).distinct().toList();
    }

    /** A head is new, and Muon moves the whole of it: its rates are larger than a model's, and those of any target. */
    private static final ModelProfile.BaseRates BASE_RATES = new ModelProfile.BaseRates(5e-3, 1e-2);

    /**
     * One decoder layer of the target, with the projection of its inputs and the output embedding of the head's
     * vocabulary.
     */
    static ModelProfile profile(String kind, EagleHead head, ModelProfile target) {
        boolean isEagle1 = kind.equals(TrainingMethod.SpeculativeDraft.EAGLE1);
        Map<String, LayerSize> projections =
                layer(target.widths(), target.widths().hidden() * (isEagle1 ? 1 : 2));
        long layer = projections.values().stream()
                .mapToLong(size -> (long) size.in() * size.out())
                .sum();
        HeadParts parts = isEagle1 ? ofEagle1(target) : ofEagle3(head, target);
        return new ModelProfile(
                target.id(),
                layer + parts.whole() + parts.fixed(),
                1,
                target.hiddenSize(),
                target.heads(),
                head.vocabularySize(),
                target.contextTokens(),
                BASE_RATES,
                projections,
                parts,
                false,
                1,
                target.takesHeads(),
                target.widths());
    }

    /** @param inputs of queries, keys and values */
    private static Map<String, LayerSize> layer(LayerWidths target, int inputs) {
        LayerSize queries = new LayerSize(inputs, target.attended());
        LayerSize keys = new LayerSize(inputs, target.keys());
        LayerSize gate = new LayerSize(target.hidden(), target.feedForward());
        return Map.of(
                Projection.QUERY.shortName(), queries,
                Projection.KEY.shortName(), keys,
                Projection.VALUE.shortName(), keys,
                Projection.OUTPUT.shortName(), new LayerSize(target.attended(), target.hidden()),
                Projection.GATE.shortName(), gate,
                Projection.UP.shortName(), gate,
                Projection.DOWN.shortName(), new LayerSize(target.feedForward(), target.hidden()));
    }

    /** fc reads embedding and state; logits are made with the target's embedding. */
    private static HeadParts ofEagle1(ModelProfile target) {
        long hidden = target.hiddenSize();
        long norm = hidden;
        // Embedding, state and normed state of the layer; the target's last state and the normed one, both of fc's
        // inputs.
        return new HeadParts(0, 2 * hidden * hidden + norm, 1, 3 * hidden, 4 * hidden);
    }

    private static HeadParts ofEagle3(EagleHead head, ModelProfile target) {
        long hidden = target.hiddenSize();
        long streams = head.layers().size();
        long embedding = head.vocabularySize() * hidden;
        boolean isWhole = head.vocabularySize() == target.vocabularySize();
        boolean isNormed = head.normBeforeFc() || head.fcNorm();
        long norms = (4 + (isNormed ? streams : 0)) * hidden;
        // Embedding and state, both normed; the streams as they are and beside each other, the target's last state and
        // the normed one, fc's output.
        return new HeadParts(
                isWhole ? embedding : 2 * embedding,
                streams * hidden * hidden + norms,
                head.steps(),
                4 * hidden,
                (2 * streams + 3) * hidden);
    }
}
