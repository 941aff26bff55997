package dev.anneal.service.training.http;

import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.training.job.TunedModel;
import java.time.Instant;

/** The object {@code model}. */
record ModelBody(String id, String object, Instant created, String ownedBy) {

    static ModelBody of(BaseModel model) {
        return new ModelBody(model.id(), "model", model.createdAt(), model.ownedBy());
    }

    static ModelBody of(TunedModel model, String tenantId) {
        return new ModelBody(model.name(), "model", model.createdAt(), tenantId);
    }
}
