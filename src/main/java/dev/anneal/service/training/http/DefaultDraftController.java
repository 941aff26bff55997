package dev.anneal.service.training.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.DeletedBody;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.request.StrictObject;
import dev.anneal.service.training.draft.DefaultDrafts;
import dev.anneal.service.training.draft.DraftedModel;
import dev.anneal.service.training.draft.Drafts;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/models/{model}/draft}: the draft that a model uses by default. {@link ModelController} shows it. */
@RestController
@RequestMapping("/v1/models")
class DefaultDraftController {

    private static final String DRAFT = "draft";

    private final Drafts drafts;
    private final DefaultDrafts defaults;
    private final ModelController models;

    DefaultDraftController(Drafts drafts, DefaultDrafts defaults, ModelController models) {
        this.drafts = drafts;
        this.defaults = defaults;
        this.models = models;
    }

    @PostMapping("/{id}/draft")
    @RequiresScope(Scope.MODELS_WRITE)
    ModelBody set(Tenant tenant, @PathVariable String id, @RequestBody(required = false) @Nullable JsonNode body) {
        DraftedModel model = drafts.model(tenant.id(), id);
        StrictObject request = JsonBody.of(body).object();
        String draft = request.requiredText(DRAFT);
        request.refuseOthers();
        defaults.set(tenant.id(), model, drafts.require(tenant.id(), draft, model, DRAFT));
        return models.retrieve(tenant, id);
    }

    @PostMapping("/{organisation}/{name}/draft")
    @RequiresScope(Scope.MODELS_WRITE)
    ModelBody set(
            Tenant tenant,
            @PathVariable String organisation,
            @PathVariable String name,
            @RequestBody(required = false) @Nullable JsonNode body) {
        return set(tenant, organisation + "/" + name, body);
    }

    @DeleteMapping("/{id}/draft")
    @RequiresScope(Scope.MODELS_WRITE)
    DeletedBody remove(Tenant tenant, @PathVariable String id) {
        defaults.remove(tenant.id(), drafts.model(tenant.id(), id));
        return new DeletedBody(id, "model.draft", true);
    }

    @DeleteMapping("/{organisation}/{name}/draft")
    @RequiresScope(Scope.MODELS_WRITE)
    DeletedBody remove(Tenant tenant, @PathVariable String organisation, @PathVariable String name) {
        return remove(tenant, organisation + "/" + name);
    }
}
