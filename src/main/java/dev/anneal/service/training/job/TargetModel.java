package dev.anneal.service.training.job;

import dev.anneal.service.models.catalog.BaseModel;
import org.jspecify.annotations.Nullable;

/**
 * The target of a draft that is to be trained.
 *
 * @param checkpoint internal key of its checkpoint; null for the base model alone
 */
record TargetModel(BaseModel base, @Nullable Long checkpoint) {

    DraftTarget stored() {
        return new DraftTarget(base.id(), base.revision(), checkpoint);
    }
}
