package dev.anneal.service.training.admission;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.job.DraftTarget;
import dev.anneal.service.training.job.InitialAdapter;
import dev.anneal.service.training.job.PairedModel;
import dev.anneal.service.training.job.SharedModels;
import dev.anneal.service.training.job.TunedDraft;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.job.UsableModel;
import dev.anneal.service.training.settings.JobRequest;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds the models that a request names: the one to be trained, and the target of a draft or the draft of rollouts. */
@Component
final class TrainingModels {

    private static final String MODEL = "model";
    static final String DRAFT = "anneal.draft";

    /**
     * The draft of rollouts.
     *
     * @param stored as the job's request is stored with it
     */
    record FoundDraft(TrainingMethod.RolloutDraft stored, PairedModel model) {}

    private final ModelCatalog catalog;
    private final TunedModels tuned;
    private final SharedModels shared;

    TrainingModels(ModelCatalog catalog, TunedModels tuned, SharedModels shared) {
        this.catalog = catalog;
        this.tuned = tuned;
        this.shared = shared;
    }

    /**
     * The target of a draft, or the draft of rollouts, if another tenant shares it. Must be called outside
     * transactions.
     */
    Optional<UsableModel> shared(String tenantId, JobRequest request) {
        String target = request.method().verifiedBy();
        String name = target == null ? request.method().draftedBy() : target;
        return name == null || !TunedModels.isTuned(name)
                ? Optional.empty()
                : shared.ofOthers(tenantId, TunedModels.publishedName(name));
    }

    /**
     * Finds the base model that is trained: of a head, its target's. Requires a transaction of the tenant.
     *
     * @param target what {@link #target} has found
     * @throws Refusal if it does not exist or cannot be trained, or cannot be a draft of the target
     */
    BaseModel trained(JobRequest request, @Nullable PairedModel target) {
        if (target == null) {
            return base(request);
        }
        if (request.method().trainsHead()) {
            return target.base();
        }
        BaseModel draft = draft(request);
        requireSameTokens(request, draft, target.base());
        return draft;
    }

    /** The base model with this id. */
    BaseModel require(String id) {
        return catalog.require(id);
    }

    /** The base model that is trained, of requests for anything but drafts. */
    BaseModel base(JobRequest request) {
        if (TunedModels.isTuned(request.model())) {
            throw new Refusal(
                    RefusalCode.MODEL_NOT_AVAILABLE,
                    "'model' is the tuned model '" + request.model()
                            + "'; name its base model, and the tuned model as 'anneal.init_adapter' to train on from"
                            + " it",
                    MODEL);
        }
        return catalog.require(request.model());
    }

    /**
     * Finds the target of a draft. Requires a transaction of the tenant.
     *
     * @param sharedTarget what {@link #shared} has found, or null
     * @return null if no draft is trained
     * @throws Refusal if the target does not exist, or no draft can be trained for it
     */
    @Nullable
    PairedModel target(JobRequest request, @Nullable UsableModel sharedTarget) {
        String name = request.method().verifiedBy();
        if (name == null || !TunedModels.isTuned(name)) {
            return name == null ? null : new PairedModel(catalog.require(name), null);
        }
        UsableModel target =
                usable(name, sharedTarget).orElseThrow(() -> noSuchModel(RefusalCode.MODEL_NOT_AVAILABLE, MODEL, name));
        target.requireLanguageModel(MODEL);
        String headKind = request.method().headKind();
        if (headKind != null && target.isWhole() && target.equals(sharedTarget)) {
            throw new Refusal(
                    RefusalCode.NOT_SUPPORTED,
                    ("'%s' names '%s', another tenant's model of which all weights were trained; a head of the"
                                    + " kind '%s' would contain some of them. Train a draft of the kind 'model' for it")
                            .formatted(MODEL, name, headKind),
                    MODEL);
        }
        return paired(target);
    }

    private PairedModel paired(UsableModel model) {
        return new PairedModel(
                catalog.require(model.base(), model.baseRevision()),
                model.checkpoint().number());
    }

    /** The tenant's own tuned model with this name, or the one that was found to be shared. */
    private Optional<UsableModel> usable(String name, @Nullable UsableModel sharedModel) {
        return tuned.find(TunedModels.publishedName(name)).or(() -> Optional.ofNullable(sharedModel));
    }

    /**
     * Finds the draft of rollouts. Requires a transaction of the tenant.
     *
     * @param policy the base model that is trained
     * @param initial adapter that the training begins with; null for none
     * @param sharedDraft what {@link #shared} has found, or null
     * @return null if the request names none
     * @throws Refusal if there is no such draft, or its target is another model than the training begins with
     */
    @Nullable
    FoundDraft rolloutDraft(
            JobRequest request, BaseModel policy, @Nullable InitialAdapter initial, @Nullable UsableModel sharedDraft) {
        String name = request.method().draftedBy();
        if (name == null) {
            return null;
        }
        UsableModel found =
                usable(name, sharedDraft).orElseThrow(() -> noSuchModel(RefusalCode.MODEL_NOT_FOUND, DRAFT, name));
        TunedDraft draft = found.requireDraftOf(begunWith(policy, initial), begunWith(request), DRAFT);
        return new FoundDraft(
                new TrainingMethod.RolloutDraft(
                        name,
                        new TrainingMethod.RolloutDraft.Found(
                                found.base(), found.baseRevision(), draft.kind(), draft.head())),
                required(DRAFT, "used", () -> paired(found)));
    }

    /** What a training begins with, if a draft can have been trained for it. */
    private static @Nullable DraftTarget begunWith(BaseModel policy, @Nullable InitialAdapter initial) {
        Long checkpoint = initial == null ? null : initial.origin().checkpoint();
        return initial != null && checkpoint == null
                ? null
                : new DraftTarget(policy.id(), policy.revision(), checkpoint);
    }

    private static String begunWith(JobRequest request) {
        JobRequest.InitialAdapter initial = request.initialAdapter();
        return initial == null
                ? "'model' is '%s'".formatted(request.model())
                : "'anneal.init_adapter' is '%s'".formatted(initial.id());
    }

    private Refusal noSuchModel(RefusalCode code, String param, String name) {
        return new Refusal(
                code,
                "'%s' names '%s', but there is no such tuned model.%s /v1/models lists them"
                        .formatted(param, name, tuned.didYouMean(name)),
                param);
    }

    /** The base model that is trained. */
    private BaseModel draft(JobRequest request) {
        String param = request.initialAdapterParam();
        String name = request.model();
        String base = !TunedModels.isTuned(name)
                ? name
                : tuned.find(TunedModels.publishedName(name))
                        .orElseThrow(() -> noSuchModel(RefusalCode.MODEL_NOT_AVAILABLE, param, name))
                        .base();
        return required(param, "trained", () -> catalog.require(base));
    }

    /** A base model that a key other than {@code model} names. */
    private static <T> T required(String param, String purpose, Supplier<T> model) {
        try {
            return model.get();
        } catch (Refusal refusal) {
            throw new Refusal(
                    refusal.code(), "'%s' cannot be %s: %s".formatted(param, purpose, refusal.explanation()), param);
        }
    }

    /** A draft proposes ids of its target's tokens. */
    private static void requireSameTokens(JobRequest request, BaseModel draft, BaseModel target) {
        String param = request.initialAdapterParam();
        int draftTokens = draft.config().vocabularySize();
        int targetTokens = target.config().vocabularySize();
        if (draftTokens != targetTokens) {
            throw Refusal.invalidValue(
                    param,
                    ("'%s' names '%s' with %d tokens, but its target '%s' has %d; name a model with the target's"
                                    + " vocabulary")
                            .formatted(param, draft.id(), draftTokens, request.namedModel(), targetTokens));
        }
        if (!draft.vocabulary().equals(target.vocabulary())) {
            throw Refusal.invalidValue(
                    param,
                    ("'%s' names '%s', whose tokenizer has other tokens than that of its target '%s'; name a"
                                    + " model with the target's tokenizer")
                            .formatted(param, draft.id(), request.namedModel()));
        }
    }
}
