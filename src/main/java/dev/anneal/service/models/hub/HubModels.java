package dev.anneal.service.models.hub;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Base models requested from the Hub. They belong to the installation, not to the tenant that requested them. */
@Component
@ConditionalOnRole(Role.API)
public final class HubModels {

    private static final String ID = "id";

    private final HubProperties properties;
    private final SystemDatabase database;
    private final HubCache cache;
    private final HubRows rows;

    HubModels(HubProperties properties, SystemDatabase database, HubCache cache, HubRows rows) {
        this.properties = properties;
        this.database = database;
        this.cache = cache;
        this.rows = rows;
    }

    /**
     * Requests a revision of a model, which is then pulled; an offline installation uses what is in this machine's
     * cache. Repeating the request during a pull changes nothing; after the pull a branch is looked up again.
     *
     * @throws Refusal if the model is not allowed, or the installation is offline and the revision is not in the cache
     */
    public HubModel request(String tenantId, String id, String revision) {
        requireName(id, revision);
        if (!properties.allows(id)) {
            throw new Refusal(
                    RefusalCode.MODEL_NOT_AVAILABLE,
                    "This installation does not allow the model '" + id + "' of the Hub. It allows: "
                            + (properties.allowed().isEmpty() ? "none" : String.join(", ", properties.allowed()))
                            + ". The operator allows others by anneal.hub.allowed.",
                    ID);
        }
        if (properties.offline()) {
            String sha = cachedSha(id, revision).orElseThrow(() -> notInTheCache(id, revision));
            database.run(() -> rows.request(id, revision, sha, tenantId));
        } else {
            database.run(() -> rows.request(id, revision, null, tenantId));
        }
        return find(id).orElseThrow();
    }

    private static Refusal notInTheCache(String id, String revision) {
        return new Refusal(
                RefusalCode.MODEL_NOT_AVAILABLE,
                "Revision '" + revision + "' of '" + id
                        + "' is not in the cache of this installation, which pulls nothing from the Hub."
                        + " The operator can change that by anneal.hub.offline.",
                ID);
    }

    private Optional<String> cachedSha(String id, String revision) {
        return cache.sha(id, revision).filter(sha -> cache.snapshot(id, sha).isPresent());
    }

    private static void requireName(String id, String revision) {
        if (!HubNames.isId(id)) {
            throw Refusal.invalidValue(
                    ID, "'id' must be the id of a model of the Hub such as 'Qwen/Qwen3-8B', but is '" + id + "'");
        }
        if (!HubNames.isRevision(revision)) {
            throw Refusal.invalidValue(
                    "revision",
                    "'revision' must be a branch, a tag or a commit, such as 'main', but is '" + revision + "'");
        }
    }

    public Optional<HubModel> find(String id) {
        return database.call(() -> rows.find(id));
    }

    public List<HubModel> list() {
        return database.call(rows::list);
    }
}
