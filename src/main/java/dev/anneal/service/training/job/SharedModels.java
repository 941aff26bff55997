package dev.anneal.service.training.job;

import java.util.Optional;

/** Models of other tenants. */
public interface SharedModels {

    /**
     * Another tenant's model with this published name, if it is shared with {@code tenantId} and not deleted. Must be
     * called outside transactions.
     */
    Optional<UsableModel> ofOthers(String tenantId, String name);
}
