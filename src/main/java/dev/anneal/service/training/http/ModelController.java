package dev.anneal.service.training.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.DeletedBody;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.training.draft.DefaultDrafts;
import dev.anneal.service.training.draft.DraftedModel;
import dev.anneal.service.training.draft.Drafts;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.sharing.VisibleModels;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/models}. A slash in an id may be raw or {@code %2F}. */
@RestController
@RequestMapping("/v1/models")
class ModelController {

    private final ModelCatalog catalog;
    private final TunedModels tuned;
    private final VisibleModels visible;
    private final DefaultDrafts drafts;

    ModelController(ModelCatalog catalog, TunedModels tuned, VisibleModels visible, DefaultDrafts drafts) {
        this.catalog = catalog;
        this.tuned = tuned;
        this.visible = visible;
        this.drafts = drafts;
    }

    /** All models on one page, because SDKs do not request a second one. */
    @GetMapping
    @RequiresScope(Scope.MODELS_READ)
    ListBody<ModelBody> list(Tenant tenant) {
        List<ModelBody> models = Stream.concat(
                        catalog.list().stream().map(ModelBody::of),
                        tuned.list(tenant.id()).stream().map(model -> ModelBody.of(model, tenant.id())))
                .toList();
        return ListBody.of(new Page<>(models, false), ModelBody::id);
    }

    @GetMapping("/{id}")
    @RequiresScope(Scope.MODELS_READ)
    ModelBody retrieve(Tenant tenant, @PathVariable String id) {
        boolean isTuned = TunedModels.isTuned(id);
        String name = isTuned ? TunedModels.publishedName(id) : id;
        Optional<ModelBody> found = isTuned
                ? visible.find(tenant.id(), name)
                        .map(model -> ModelBody.of(model, drafts.find(tenant.id(), DraftedModel.of(model))))
                : catalog.find(id).map(model -> ModelBody.of(model, drafts.find(tenant.id(), Drafts.of(model))));
        return found.orElseThrow(() -> Refusal.notFound("model", id, "model", visible.didYouMean(tenant.id(), name)));
    }

    @GetMapping("/{organisation}/{name}")
    @RequiresScope(Scope.MODELS_READ)
    ModelBody retrieve(Tenant tenant, @PathVariable String organisation, @PathVariable String name) {
        return retrieve(tenant, organisation + "/" + name);
    }

    @DeleteMapping("/{id}")
    @RequiresScope(Scope.MODELS_WRITE)
    DeletedBody delete(Tenant tenant, @PathVariable String id) {
        if (!TunedModels.isTuned(id) && catalog.find(id).isPresent()) {
            throw Refusal.invalidValue(
                    "model",
                    "'" + id + "' is a base model, which the operator provides; only tuned models can be deleted");
        }
        tuned.delete(tenant.id(), TunedModels.publishedName(id));
        return new DeletedBody(id, "model", true);
    }

    @DeleteMapping("/{organisation}/{name}")
    @RequiresScope(Scope.MODELS_WRITE)
    DeletedBody delete(Tenant tenant, @PathVariable String organisation, @PathVariable String name) {
        return delete(tenant, organisation + "/" + name);
    }
}
