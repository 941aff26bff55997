package dev.anneal.engine.export;

import dev.anneal.engine.export.proof.AnswerDifference;
import dev.anneal.engine.export.proof.LogitDifference;
import dev.anneal.engine.export.proof.Tolerance;
import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.draft.EagleConfig;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.HeadShape;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares an exported head with the trained one, its adapter applied and not merged, in fp32 on the target's states of
 * the probe prompts and on the head's own.
 */
final class HeadProof {

    private final HeadTarget target;
    private final Trained trained;
    private final ExportInputs request;

    HeadProof(HeadTarget target, Trained trained, ExportInputs request) {
        this.target = target;
        this.trained = trained;
        this.request = request;
    }

    /**
     * @param exported folder of the exported weights under the engine's names
     * @param shape that the exported configuration describes
     * @throws ExportException if they differ by more than is allowed
     */
    void prove(Path exported, EagleConfig shape, Tolerance tolerance, Map<String, @Nullable Object> proof)
            throws IOException {
        SpeculativeDraft draft = Objects.requireNonNull(trained.draft(), "a head was trained as a draft");
        try (DecoderModel model = target.load(request.device());
                EagleHead own = EagleHead.load(trained.folder(), HeadShape.of(draft, model.config()), model);
                EagleHead other = exported(exported, shape, model);
                TensorScope scope = model.scope().child()) {
            LogitDifference.FinalNorm norm = LogitDifference.FinalNorm.of(model.config());
            LogitDifference difference = new LogitDifference(scope, norm, request.betweenTensors());
            AppliedAdapter ofTarget = target.adapter(model);
            AnswerDifference found = difference.between(
                    side(difference, scope, model, ofTarget, own, adapter(own)),
                    side(difference, scope, model, ofTarget, other, other.noAdapter()),
                    shape.draftVocabulary());
            tolerance.describe(found, request.probes().size(), proof);
            tolerance.require(found, Tolerance.Subject.HEAD);
        }
    }

    private static EagleHead exported(Path folder, EagleConfig shape, DecoderModel model) throws IOException {
        try {
            return EagleHead.load(folder, shape, model);
        } catch (ModelConfigException otherTensors) {
            throw new ExportException(
                    ExportException.Code.MERGE_NOT_EQUIVALENT,
                    "the exported configuration describes another head than the exported weights: "
                            + otherTensors.getMessage());
        }
    }

    private AppliedAdapter adapter(EagleHead head) throws IOException {
        @Nullable AdapterConfig config = trained.adapterConfig();
        return config == null
                ? head.noAdapter()
                : Adapter.load(head.scope(), head.precision(), head.config(), config, trained.weights())
                        .apply(0, AdapterDropout.NONE);
    }

    private LogitDifference.Side side(
            LogitDifference difference,
            TensorScope scope,
            DecoderModel model,
            AppliedAdapter ofTarget,
            EagleHead head,
            AppliedAdapter adapter) {
        try (TensorScope passing = scope.child()) {
            List<Tensor> states = new ArrayList<>();
            for (int[] prompt : request.probes()) {
                request.betweenTensors().run();
                states.add(head.states(passing, model, ofTarget, prompt, adapter));
            }
            return new LogitDifference.Side(difference.together(states), head::outputEmbedding);
        }
    }
}
