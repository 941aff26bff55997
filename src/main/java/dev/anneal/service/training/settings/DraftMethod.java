package dev.anneal.service.training.settings;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.protocol.Setting;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingMethod.AcceptanceEvaluation;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import dev.anneal.protocol.TrainingMethod.Regeneration;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.KeyTable;
import dev.anneal.service.platform.request.StrictObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The method {@code speculative_draft}: reads {@code method.speculative_draft}. */
final class DraftMethod extends MethodRules<SpeculativeDraft> {

    static final String DRAFT_MODEL = "draft_model";
    private static final String CACHE_BYTES = "hidden_state_cache_bytes";

    private static final List<String> KINDS =
            List.of(SpeculativeDraft.MODEL, SpeculativeDraft.EAGLE3, SpeculativeDraft.EAGLE1);

    /** Greedily and at temperature 1, at each validation and before the first step. */
    private static final int MEASUREMENTS = 2;

    DraftMethod() {
        super(TrainingMethod.SPECULATIVE_DRAFT, DatasetFormat.CHAT, 1);
    }

    /**
     * Settings of several kinds.
     *
     * @param loss not of {@code eagle1}, which learns the target's states and distribution together
     * @param hiddenStateCacheBytes of heads alone
     */
    record DraftSettings(
            @Setting(byDefault = "kl_div", choices = "kl_div, rkl, tv")
            String loss,

            @Setting(byDefault = "4", range = "[1, 16]") int numSpeculativeTokens,

            @Setting(byDefault = "0", range = "[0, 1099511627776]")
            long hiddenStateCacheBytes) {}

    @Override
    Read read(StrictObject body, StrictObject own, StrictObject anneal) {
        refuseDeprecated(body);
        String kind = kind(own);
        refuseOfOtherMethods(kind, anneal);
        String target = body.requiredText("model");
        Draft draft = kind.equals(SpeculativeDraft.MODEL) ? draftModel(own) : head(own, kind, target);
        if (kind.equals(SpeculativeDraft.EAGLE1) && own.has("loss")) {
            throw own.invalid(
                    "loss",
                    "must be left out for the kind 'eagle1', which learns the target's states and distribution"
                            + " together",
                    own.text("loss"));
        }
        if (kind.equals(SpeculativeDraft.MODEL) && own.has(CACHE_BYTES)) {
            throw own.invalid(
                    CACHE_BYTES,
                    "must be left out for the kind 'model', which reads no hidden states",
                    own.longNumber(CACHE_BYTES));
        }
        Hyperparameters hyperparameters = hyperparameters(own.objectOrEmpty("hyperparameters"));
        DraftSettings settings = own.read(DraftSettings.class);
        StrictObject regeneration = own.object("regenerate");
        SpeculativeDraft method = new SpeculativeDraft(
                target,
                kind,
                settings.loss,
                settings.numSpeculativeTokens,
                own.objectOrEmpty("evaluation").readAll(AcceptanceEvaluation.class),
                regeneration == null ? null : regeneration.readAll(Regeneration.class),
                EagleHeads.read(kind, own),
                settings.hiddenStateCacheBytes);
        return new Read(method, hyperparameters, null, draft);
    }

    private static String kind(StrictObject own) {
        own.requiredText("kind");
        return String.valueOf(own.choice("kind", KINDS));
    }

    private static void refuseOfOtherMethods(String kind, StrictObject anneal) {
        if (anneal.has("loss")) {
            throw Refusal.invalidValue(
                    "anneal.loss",
                    "'anneal.loss' is given, but the method 'speculative_draft' has its loss in"
                            + " 'method.speculative_draft.loss'; leave it out");
        }
        if (anneal.has("init_adapter")) {
            throw Refusal.invalidValue(
                    "anneal.init_adapter",
                    "'anneal.init_adapter' is given, but a draft is trained further by naming it in"
                            + " 'method.speculative_draft.draft_model'; leave it out");
        }
        if (!kind.equals(SpeculativeDraft.MODEL) && Boolean.TRUE.equals(anneal.flag("packing"))) {
            throw Refusal.invalidValue(
                    "anneal.packing",
                    "'anneal.packing' is true, but a head of the kind '%s' reads whole rows of its file; leave it out"
                            .formatted(kind));
        }
    }

    private static Draft draftModel(StrictObject own) {
        String named = own.text(DRAFT_MODEL);
        if (named == null || named.isBlank()) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    ("'%1$s' is required for the kind 'model': name a small base model with the target's"
                                    + " tokenizer, or a tuned draft (ft:...) to train further")
                            .formatted(own.param(DRAFT_MODEL)),
                    own.param(DRAFT_MODEL));
        }
        return new Draft(named, isTuned(named) ? named : null, HeadRequest.OPEN);
    }

    /** A head is trained on its target's base model. */
    private static Draft head(StrictObject own, String kind, String target) {
        String named = own.text(DRAFT_MODEL);
        if (named != null && !isTuned(named)) {
            throw own.invalid(
                    DRAFT_MODEL,
                    ("must be a tuned draft (ft:...) of the kind '%s' to train further; leave it out to begin"
                                    + " with a layer of the target")
                            .formatted(kind),
                    named);
        }
        return new Draft(target, named, HeadRequest.read(own.objectOrEmpty("head")));
    }

    private static boolean isTuned(String name) {
        return name.startsWith("ft:");
    }

    @Override
    public ModelProfile trained(SpeculativeDraft method, ModelProfile base) {
        EagleHead head = method.head();
        return head == null ? base : EagleHeads.profile(method.kind(), head, base);
    }

    @Override
    public SpeculativeDraft fitted(SpeculativeDraft method, ModelProfile target) {
        EagleHead head = method.head();
        return head == null ? method : method.with(EagleHeads.fit(method.kind(), head, target));
    }

    /** Regenerated answers are expected to have half their maximum length. */
    @Override
    DatasetSize rows(SpeculativeDraft method, DatasetSize file) {
        Regeneration regeneration = method.regeneration();
        return regeneration == null ? file : file.answeredBy(regeneration.maxTokens() / 2, regeneration.maxTokens());
    }

    @Override
    GeneratedTokens generated(SpeculativeDraft method, DatasetSize data, int validations) {
        AcceptanceEvaluation evaluation = method.evaluation();
        Regeneration regeneration = method.regeneration();
        int prompts = validations == 0 ? 0 : (int) Math.min(evaluation.prompts(), data.validatedRows());
        return new GeneratedTokens(
                Math.max(prompts, regeneration == null ? 0 : Math.min(Regeneration.ROWS_AT_ONCE, answeredRows(data))),
                (double) (validations + 1) * MEASUREMENTS * prompts * evaluation.maxTokens() / 2,
                regeneration == null ? 0 : answeredRows(data) * regeneration.maxTokens() / 2.0);
    }

    /** Rows of the validation file are assumed to have the mean length of training rows. */
    @Override
    long cachedBytes(SpeculativeDraft method, ModelProfile target, EngineSetup engine, DatasetSize data) {
        EagleHead head = method.head();
        if (head == null) {
            return 0;
        }
        double ofRow = (double) data.tokens() / data.rows();
        long tokens = Math.round((data.rows() + data.validatedRows()) * ofRow);
        return Math.min(
                method.hiddenStateCacheBytes(), EagleHeads.stateBytes(method.kind(), head, target, engine, tokens));
    }

    private static int answeredRows(DatasetSize data) {
        return Math.toIntExact(data.rows() + data.validatedRows());
    }

    @Override
    public List<String> warnings(SpeculativeDraft method, JobRequest request) {
        return request.validationFile() != null
                ? List.of()
                : List.of("The job has no 'validation_file', so the draft's acceptance length, the tokens that its"
                        + " target writes per pass, is not measured");
    }

    @Override
    public boolean isOpenAis() {
        return false;
    }

    @Override
    public Map<String, @Nullable Object> parameters(SpeculativeDraft method, JobRequest request) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("kind", method.kind());
        shown.put(DRAFT_MODEL, draftModel(method, request));
        shown.putAll(KeyTable.shown(
                new DraftSettings(method.loss(), method.speculativeTokens(), method.hiddenStateCacheBytes())));
        switch (method.kind()) {
            case SpeculativeDraft.MODEL -> shown.remove(CACHE_BYTES);
            case SpeculativeDraft.EAGLE1 -> shown.remove("loss");
            default -> shown.put("head", KeyTable.shown(Objects.requireNonNull(method.head())));
        }
        shown.put("evaluation", KeyTable.shown(method.evaluation()));
        Regeneration regeneration = method.regeneration();
        if (regeneration != null) {
            shown.put("regenerate", KeyTable.shown(regeneration));
        }
        return shown;
    }

    private static @Nullable String draftModel(SpeculativeDraft method, JobRequest request) {
        JobRequest.InitialAdapter begun = request.initialAdapter();
        if (begun != null) {
            return begun.id();
        }
        return method.trainsHead() ? null : request.model();
    }
}
