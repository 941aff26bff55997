package dev.anneal.engine.export;

import dev.anneal.engine.network.draft.EagleConfig;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.HeadShape;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares an exported head with the trained one, its adapter applied and not merged, in fp32 on the target's states of the probe prompts. */
final class HeadProof {

    private final BaseModel base;
    private final Trained trained;
    private final ExportRequest request;

    HeadProof(BaseModel base, Trained trained, ExportRequest request) {
        this.base = base;
        this.trained = trained;
        this.request = request;
    }

    /**
     * @param exported folder of the exported weights under the engine's names
     * @throws ExportException if they differ by more than is allowed
     */
    void prove(Path exported, Tolerance tolerance, Map<String, @Nullable Object> proof) throws IOException {
        SpeculativeDraft draft = Objects.requireNonNull(trained.draft(), "a head was trained as a draft");
        try (DecoderModel target = DecoderModel.load(base.directory(), ElementType.FLOAT32, request.device())) {
            EagleConfig config = HeadShape.of(draft, target.config());
            LogitDifference difference = new LogitDifference();
            try (EagleHead own = EagleHead.load(trained.folder(), config, target);
                    EagleHead other = EagleHead.load(exported, config, target)) {
                AppliedAdapter adapter = adapter(own);
                for (int[] prompt : request.probes()) {
                    request.betweenTensors().run();
                    compare(target, own, adapter, other, prompt, difference);
                }
            }
            AnswerDifference found = difference.summary();
            tolerance.describe(found, request.probes().size(), proof);
            tolerance.require(found);
        }
    }

    private AppliedAdapter adapter(EagleHead head) throws IOException {
        @Nullable AdapterConfig config = trained.adapterConfig();
        return config == null
                ? head.noAdapter()
                : Adapter.load(head.scope(), head.precision(), head.config(), config, trained.weights())
                        .apply(0, AdapterDropout.NONE);
    }

    private static void compare(
            DecoderModel target,
            EagleHead own,
            AppliedAdapter adapter,
            EagleHead other,
            int[] prompt,
            LogitDifference difference) {
        TokenRows rows = TokenRows.of(List.of(prompt));
        try (Scope passing = target.scope().child()) {
            float[] expected = own.logits(passing, target, rows, adapter).toFloats();
            float[] found =
                    other.logits(passing, target, rows, other.noAdapter()).toFloats();
            int width = expected.length / prompt.length;
            for (int position = 0; position + 1 < prompt.length; position++) {
                difference.add(expected, found, position * width, width);
            }
        }
    }
}
