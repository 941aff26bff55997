package dev.anneal.service.training.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.models.catalog.ModelNames;
import dev.anneal.service.models.hub.HubModel;
import dev.anneal.service.models.hub.HubModels;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.request.StrictObject;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** The base models of the installation, and pulls of others from the Hub. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping("/v1/anneal/base_models")
class BaseModelController {

    private static final String MAIN = "main";

    private final HubModels hub;
    private final ModelCatalog catalog;
    private final MemoryFit fit;

    BaseModelController(HubModels hub, ModelCatalog catalog, MemoryFit fit) {
        this.hub = hub;
        this.catalog = catalog;
        this.fit = fit;
    }

    @PostMapping
    @RequiresScope(Scope.INSTALLATION_WRITE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    BaseModelBody pull(Tenant tenant, @RequestBody(required = false) @Nullable JsonNode body) {
        StrictObject request = JsonBody.of(body).object();
        String id = request.requiredText("id");
        String revision = request.text("revision");
        request.refuseOthers();
        return body(hub.request(tenant.id(), id, revision == null ? MAIN : revision));
    }

    @GetMapping
    @RequiresScope(Scope.MODELS_READ)
    ListBody<BaseModelBody> list(Tenant tenant) {
        TreeMap<String, BaseModelBody> models = new TreeMap<>();
        catalog.list().forEach(model -> models.put(model.id(), BaseModelBody.of(model, fit)));
        hub.list().forEach(asked -> models.put(asked.id(), body(asked)));
        return ListBody.of(new Page<>(List.copyOf(models.values()), false), BaseModelBody::id);
    }

    @GetMapping("/{id}")
    @RequiresScope(Scope.MODELS_READ)
    BaseModelBody retrieve(Tenant tenant, @PathVariable String id) {
        Optional<BaseModelBody> asked = hub.find(id).map(this::body);
        return asked.or(() -> catalog.find(id).map(model -> BaseModelBody.of(model, fit)))
                .orElseThrow(
                        () -> Refusal.notFound("base model", id, "model", ModelNames.didYouMean(id, catalog.ids())));
    }

    @GetMapping("/{organisation}/{name}")
    @RequiresScope(Scope.MODELS_READ)
    BaseModelBody retrieve(Tenant tenant, @PathVariable String organisation, @PathVariable String name) {
        return retrieve(tenant, organisation + "/" + name);
    }

    private BaseModelBody body(HubModel asked) {
        Optional<BaseModel> there = catalog.find(asked.id());
        return BaseModelBody.of(asked, there, fit);
    }
}
