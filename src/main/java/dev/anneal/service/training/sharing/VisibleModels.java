package dev.anneal.service.training.sharing;

import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.models.catalog.ModelNames;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.training.job.TunedModels;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** The models that a tenant may see, its own, shared and base models: among these alone is guessed which one a wrong name means. */
@Component
public final class VisibleModels {

    private final ModelCatalog catalog;
    private final TenantDatabase database;
    private final TunedModels tuned;
    private final SharedModels shared;

    VisibleModels(ModelCatalog catalog, TenantDatabase database, TunedModels tuned, SharedModels shared) {
        this.catalog = catalog;
        this.database = database;
        this.tuned = tuned;
        this.shared = shared;
    }

    /** The model of another tenant with this name, if that is shared with {@code tenantId}. */
    public Optional<SharedModel> ofOthers(String tenantId, String name) {
        return shared.find(tenantId, name);
    }

    /** The sentence that a refusal of the name goes on with, a space before it; empty if no visible model's name is like it. */
    public String didYouMean(String tenantId, String name) {
        List<String> own = database.call(tenantId, tuned::names);
        List<String> names = Stream.of(catalog.ids(), own, shared.like(tenantId, name))
                .flatMap(List::stream)
                .toList();
        return ModelNames.didYouMean(name, names);
    }
}
