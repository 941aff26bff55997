package dev.anneal.service.training.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.sharing.VisibleModels;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/models}. An id with a slash is understood raw and as {@code %2F}. */
@RestController
@RequestMapping("/v1/models")
class ModelController {

    private static final String TUNED = "ft:";

    private final ModelCatalog catalog;
    private final TunedModels tuned;
    private final VisibleModels visible;

    ModelController(ModelCatalog catalog, TunedModels tuned, VisibleModels visible) {
        this.catalog = catalog;
        this.tuned = tuned;
        this.visible = visible;
    }

    /** All of them: no SDK asks for a second page. */
    @GetMapping
    @RequiresScope(Scope.MODELS_READ)
    ListBody<ModelBody> list(Tenant tenant) {
        List<ModelBody> models = Stream.concat(
                        catalog.list().stream().map(ModelBody::of),
                        tuned.list(tenant.id()).stream().map(model -> ModelBody.of(model, tenant.id())))
                .toList();
        String first = models.isEmpty() ? null : models.get(0).id();
        String last = models.isEmpty() ? null : models.get(models.size() - 1).id();
        return new ListBody<>("list", models, first, last, false);
    }

    @GetMapping("/{id}")
    @RequiresScope(Scope.MODELS_READ)
    ModelBody retrieve(Tenant tenant, @PathVariable String id) {
        return id.startsWith(TUNED)
                ? tuned.find(tenant.id(), withoutSlash(id))
                        .map(found -> ModelBody.of(found.model(), tenant.id()))
                        .or(() -> visible.ofOthers(tenant.id(), withoutSlash(id))
                                .map(found -> ModelBody.of(found.model(), found.owner())))
                        .orElseThrow(() -> notFound(tenant, id))
                : catalog.find(id).map(ModelBody::of).orElseThrow(() -> notFound(tenant, id));
    }

    @GetMapping("/{organisation}/{name}")
    @RequiresScope(Scope.MODELS_READ)
    ModelBody retrieve(Tenant tenant, @PathVariable String organisation, @PathVariable String name) {
        return retrieve(tenant, organisation + "/" + name);
    }

    @DeleteMapping("/{id}")
    @RequiresScope(Scope.MODELS_WRITE)
    ModelBody.Deleted delete(Tenant tenant, @PathVariable String id) {
        if (!id.startsWith(TUNED) && catalog.find(id).isPresent()) {
            throw Refusal.invalidValue(
                    "model",
                    "'" + id + "' is a base model, which the operator provides; only tuned models can be deleted");
        }
        tuned.delete(tenant.id(), withoutSlash(id));
        return new ModelBody.Deleted(id, "model", true);
    }

    @DeleteMapping("/{organisation}/{name}")
    @RequiresScope(Scope.MODELS_WRITE)
    ModelBody.Deleted delete(Tenant tenant, @PathVariable String organisation, @PathVariable String name) {
        return delete(tenant, organisation + "/" + name);
    }

    /** Clients that build a tuned id from the base id put its slash in, where the published name has two hyphens. */
    private static String withoutSlash(String id) {
        return id.replace("/", "--");
    }

    private Refusal notFound(Tenant tenant, String id) {
        String name = id.startsWith(TUNED) ? withoutSlash(id) : id;
        return Refusal.notFound("model", id, "model", visible.didYouMean(tenant.id(), name));
    }
}
