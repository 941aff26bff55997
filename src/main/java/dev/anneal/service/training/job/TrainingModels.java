package dev.anneal.service.training.job;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.MethodRules;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds the models that a request names: the one to be trained, and the target of a draft. */
@Component
final class TrainingModels {

    private static final String MODEL = "model";

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

    /** The target if another tenant shares it. Must be called outside transactions. */
    Optional<UsableModel> sharedTarget(String tenantId, JobRequest request) {
        String name = request.method().verifiedBy();
        return name == null || !TunedModels.isTuned(name)
                ? Optional.empty()
                : shared.ofOthers(tenantId, TunedModels.publishedName(name));
    }

    /**
     * Finds the models. Requires a transaction of the tenant.
     *
     * @param sharedTarget what {@link #sharedTarget} has found, or null
     * @throws Refusal if a model does not exist or cannot be trained, or cannot be the draft or the target of the other
     */
    NamedModels find(JobRequest request, @Nullable UsableModel sharedTarget) {
        TrainingMethod method = request.method();
        if (method.verifiedBy() == null) {
            return new NamedModels(request, base(request), null);
        }
        MethodRules<TrainingMethod> rules = TrainingMethods.of(method);
        TargetModel target = target(request.namedModel(), sharedTarget);
        TrainingMethod fitted = rules.fitted(method, JobAdmission.profileOf(target.base()));
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
                            + "'; name its base model, and the tuned model as 'anneal.init_adapter' to train on from it",
                    MODEL);
        }
        return catalog.require(request.model());
    }

    private TargetModel target(String name, @Nullable UsableModel sharedTarget) {
        if (!TunedModels.isTuned(name)) {
            return new TargetModel(catalog.require(name), null);
        }
        UsableModel target = tuned.find(TunedModels.publishedName(name))
                .map(found ->
                        UsableModel.of(found, jobs.byNumber(found.model().job()).orElseThrow()))
                .or(() -> Optional.ofNullable(sharedTarget))
                .orElseThrow(() -> noSuchModel(MODEL, name));
        target.requireLanguageModel(MODEL);
        return new TargetModel(
                catalog.require(target.base(), target.baseRevision()),
                target.checkpoint().number());
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
        try {
            return catalog.require(base);
        } catch (Refusal refusal) {
            throw new Refusal(
                    refusal.code(), "'%s' cannot be trained: %s".formatted(param, refusal.explanation()), param);
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
                    "'%s' names '%s' with %d tokens, but its target '%s' has %d; name a model with the target's vocabulary"
                            .formatted(param, draft.id(), draftTokens, request.namedModel(), targetTokens));
        }
        if (!draft.vocabulary().equals(target.vocabulary())) {
            throw Refusal.invalidValue(
                    param,
                    "'%s' names '%s', whose tokenizer has other tokens than that of its target '%s'; name a model with the target's tokenizer"
                            .formatted(param, draft.id(), request.namedModel()));
        }
    }
}
