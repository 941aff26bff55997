package dev.anneal.service.training.admission;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.job.DraftTarget;
import dev.anneal.service.training.job.InitialAdapter;
import dev.anneal.service.training.job.JobInputs;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.job.PairedModel;
import dev.anneal.service.training.job.SharedModels;
import dev.anneal.service.training.job.TunedDraft;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.job.UsableModel;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.MethodRules;
import dev.anneal.service.training.settings.TrainingMethods;
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
    private final JobStore jobs;
    private final SharedModels shared;

    TrainingModels(ModelCatalog catalog, TunedModels tuned, JobStore jobs, SharedModels shared) {
        this.catalog = catalog;
        this.tuned = tuned;
        this.jobs = jobs;
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
     * Finds the models. Requires a transaction of the tenant.
     *
     * @param sharedTarget what {@link #shared} has found, or null
     * @throws Refusal if a model does not exist or cannot be trained, or cannot be the draft or the target of the other
     */
    NamedModels find(JobRequest request, @Nullable UsableModel sharedTarget) {
        TrainingMethod method = request.method();
        if (method.verifiedBy() == null) {
            return new NamedModels(request, base(request), null);
        }
        MethodRules<TrainingMethod> rules = TrainingMethods.of(method);
        PairedModel target = target(request.namedModel(), sharedTarget, rules.headKind(method));
        TrainingMethod fitted = rules.fitted(method, JobInputs.profileOf(target.base()));
        if (rules.headKind(method) != null) {
            return new NamedModels(request.drafting(target.base().id(), fitted), target.base(), target);
        }
        BaseModel draft = draft(request);
        requireSameTokens(request, draft, target.base());
        return new NamedModels(request.drafting(draft.id(), fitted), draft, target);
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

    private PairedModel target(String name, @Nullable UsableModel sharedTarget, @Nullable String headKind) {
        if (!TunedModels.isTuned(name)) {
            return new PairedModel(catalog.require(name), null);
        }
        UsableModel target = usable(name, sharedTarget).orElseThrow(() -> noSuchModel(MODEL, name));
        target.requireLanguageModel(MODEL);
        if (headKind != null && target.isWhole() && target.equals(sharedTarget)) {
            throw new Refusal(
                    RefusalCode.NOT_SUPPORTED,
                    ("'%s' names '%s', another tenant's model of which all weights were trained; a head of the"
                                    + " kind '%s' would contain some of them. Train a draft of the kind 'model' for it")
                            .formatted(MODEL, name, headKind),
                    MODEL);
        }
        return new PairedModel(
                catalog.require(target.base(), target.baseRevision()),
                target.checkpoint().number());
    }

    /** The tenant's own tuned model with this name, or the one that was found to be shared. */
    private Optional<UsableModel> usable(String name, @Nullable UsableModel sharedModel) {
        return tuned.find(TunedModels.publishedName(name))
                .map(found ->
                        UsableModel.of(found, jobs.byNumber(found.model().job()).orElseThrow()))
                .or(() -> Optional.ofNullable(sharedModel));
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
        UsableModel found = usable(name, sharedDraft).orElseThrow(() -> noSuchDraft(name));
        TunedDraft draft = found.requireDraftOf(begunWith(policy, initial), begunWith(request), DRAFT);
        return new FoundDraft(
                new TrainingMethod.RolloutDraft(
                        name,
                        new TrainingMethod.RolloutDraft.Found(
                                found.base(), found.baseRevision(), draft.kind(), draft.head())),
                new PairedModel(
                        required(DRAFT, "used", () -> catalog.require(found.base(), found.baseRevision())),
                        found.checkpoint().number()));
    }

    /** What a training begins with, if a draft can have been trained for it. */
    private static @Nullable DraftTarget begunWith(BaseModel policy, @Nullable InitialAdapter initial) {
        Checkpoint checkpoint = initial == null ? null : initial.checkpoint();
        return initial != null && checkpoint == null
                ? null
                : new DraftTarget(policy.id(), policy.revision(), checkpoint == null ? null : checkpoint.number());
    }

    private static String begunWith(JobRequest request) {
        JobRequest.InitialAdapter initial = request.initialAdapter();
        return initial == null
                ? "'model' is '%s'".formatted(request.model())
                : "'anneal.init_adapter' is '%s'".formatted(initial.id());
    }

    private Refusal noSuchDraft(String name) {
        return new Refusal(
                RefusalCode.MODEL_NOT_FOUND,
                "'%s' names '%s', but there is no such tuned model.%s /v1/models lists them"
                        .formatted(DRAFT, name, tuned.didYouMean(name)),
                DRAFT);
    }

    private Refusal noSuchModel(String param, String name) {
        return new Refusal(
                RefusalCode.MODEL_NOT_AVAILABLE,
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
                        .flatMap(found -> jobs.byNumber(found.model().job()))
                        .orElseThrow(() -> noSuchModel(param, name))
                        .request()
                        .model();
        return required(param, "trained", () -> catalog.require(base));
    }

    /** A base model that a key other than {@code model} names. */
    private static BaseModel required(String param, String purpose, Supplier<BaseModel> model) {
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
