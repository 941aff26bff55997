package dev.anneal.service.models.hub;

import dev.anneal.service.platform.database.SystemDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The models in this machine's cache of the Hub: at the commit that the installation uses, or at that of {@code main}
 * if the model has not been requested.
 */
@Component
public final class HubSource {

    private static final Logger LOG = LoggerFactory.getLogger(HubSource.class);

    private static final String DEFAULT_REVISION = "main";

    private final HubProperties properties;
    private final HubCache cache;
    private final SystemDatabase database;
    private final ModelPull puller;
    private final HubRows rows;
    private volatile Map<String, String> pins = Map.of();
    private boolean isStale;

    HubSource(HubProperties properties, HubCache cache, SystemDatabase database, ModelPull puller, HubRows rows) {
        this.properties = properties;
        this.cache = cache;
        this.database = database;
        this.puller = puller;
        this.rows = rows;
    }

    /**
     * A model on this machine.
     *
     * @param revision its commit, which never changes; null in the operator's folder
     */
    public record Located(Path folder, @Nullable String revision) {}

    /** Ids of the models that have files in the cache. */
    public List<String> ids() {
        return properties.allowed().isEmpty()
                ? List.of()
                : cache.ids().stream().filter(id -> properties.allows(id)).toList();
    }

    /** The model at the commit in use, if it is on this machine. */
    public Optional<Located> newest(String id) {
        if (!HubNames.isId(id) || !properties.allows(id)) {
            return Optional.empty();
        }
        return Optional.ofNullable(pins.get(id))
                .or(() -> cache.sha(id, DEFAULT_REVISION))
                .flatMap(sha -> cache.snapshot(id, sha).map(folder -> new Located(folder, sha)));
    }

    /** The model at a commit, if it is on this machine. */
    public Optional<Located> at(String id, String revision) {
        return HubNames.isId(id) && HubNames.isSha(revision) && properties.allows(id)
                ? cache.snapshot(id, revision).map(folder -> new Located(folder, revision))
                : Optional.empty();
    }

    /** Reads the commits that the installation uses, so that lookups of models need no database access. */
    void readPins() {
        if (properties.allowed().isEmpty()) {
            return;
        }
        try {
            pins = database.call(rows::pins);
            isStale = false;
        } catch (DataAccessException | TransactionException away) {
            if (!isStale) {
                LOG.warn(
                        "Base models stay at the commits read before, because the database does not answer: {}",
                        away.getMessage());
            }
            isStale = true;
        }
    }

    /** Whether {@link #provide} may succeed, without requests to other machines. */
    public boolean canProvide(String id, String revision) {
        return cache.snapshot(id, revision).isPresent() || (!properties.offline() && properties.allows(id));
    }

    /**
     * The folder of a model at a commit, which is pulled if it is not on this machine.
     *
     * @throws HubException if that fails
     */
    public Path provide(String id, String revision, PullListener listener) throws HubException {
        Optional<Path> there = cache.snapshot(id, revision);
        if (there.isPresent()) {
            return there.get();
        }
        if (properties.offline() || !properties.allows(id)) {
            throw new HubException(
                    HubException.Reason.MODEL_NOT_AVAILABLE,
                    "'" + id + "' at " + revision + " is not on this worker, which "
                            + (properties.offline()
                                    ? "pulls nothing (anneal.hub.offline)"
                                    : "does not allow it (anneal.hub.allowed)"));
        }
        puller.pull(id, revision, listener);
        return cache.snapshot(id, revision)
                .orElseThrow(() -> new HubException(
                        HubException.Reason.MODEL_NOT_AVAILABLE,
                        "'" + id + "' at " + revision + " was pulled but cannot be read"));
    }
}
