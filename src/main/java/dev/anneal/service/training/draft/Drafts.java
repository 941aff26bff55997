package dev.anneal.service.training.draft;

import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.job.DraftTarget;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.job.UsableModel;
import dev.anneal.service.training.sharing.VisibleModels;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Finds models and their drafts by name. A draft proposes the tokens of its own target alone. */
@Component
public final class Drafts {

    private final ModelCatalog catalog;
    private final VisibleModels visible;

    Drafts(ModelCatalog catalog, VisibleModels visible) {
        this.catalog = catalog;
        this.visible = visible;
    }

    /** The base model with this id. */
    public static DraftedModel of(BaseModel base) {
        return new DraftedModel(base.id(), null, new DraftTarget(base.id(), base.revision(), null));
    }

    /**
     * The base, tuned or shared model with this name.
     *
     * @throws Refusal {@code not_found}
     */
    public DraftedModel model(String tenantId, String name) {
        Optional<DraftedModel> found = TunedModels.isTuned(name)
                ? visible.find(tenantId, TunedModels.publishedName(name)).map(DraftedModel::of)
                : catalog.find(name).map(Drafts::of);
        return found.orElseThrow(() -> Refusal.notFound("model", name, "model", visible.didYouMean(tenantId, name)));
    }

    /**
     * The draft of a model.
     *
     * @param name tuned draft or checkpoint of one
     * @param param request key that names it
     * @throws Refusal if there is no such draft, or its target is another model
     */
    public UsableModel require(String tenantId, String name, DraftedModel model, String param) {
        String published = TunedModels.publishedName(name);
        UsableModel found = visible.find(tenantId, published)
                .orElseThrow(() -> new Refusal(
                        RefusalCode.MODEL_NOT_FOUND,
                        "'%s' names '%s', but there is no such tuned model.%s /v1/models lists them"
                                .formatted(param, name, visible.didYouMean(tenantId, published)),
                        param));
        found.requireDraftOf(model.identity(), "'model' is '%s'".formatted(model.name()), param);
        return found;
    }

    /** The tuned model with this name if it is a draft of the model. */
    Optional<UsableModel> find(String tenantId, String name, DraftedModel model) {
        return visible.find(tenantId, name).filter(model::isTargetOf);
    }
}
