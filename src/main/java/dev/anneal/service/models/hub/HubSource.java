package dev.anneal.service.models.hub;

import dev.anneal.service.models.catalog.ModelId;
import dev.anneal.service.models.catalog.ModelSource;
import dev.anneal.service.platform.database.SystemDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * The models in this machine's cache of the Hub: at the commit that the installation has settled on, or where nobody has asked for one, at that of
 * {@code main}.
 */
@Component
final class HubSource implements ModelSource {

    private static final Logger LOG = LoggerFactory.getLogger(HubSource.class);

    private static final String UNASKED = "main";

    /** How old the settled commits may be. Trainings do not depend on it: theirs stand with the job. */
    private static final long FRESH_NANOS = 2_000_000_000;

    private final HubProperties properties;
    private final HubCache cache;
    private final SystemDatabase database;
    private final ModelPull puller;
    private final HubRows rows;
    private volatile Pins pins = new Pins(Map.of(), Long.MIN_VALUE);

    HubSource(HubProperties properties, HubCache cache, SystemDatabase database, ModelPull puller, HubRows rows) {
        this.properties = properties;
        this.cache = cache;
        this.database = database;
        this.puller = puller;
        this.rows = rows;
    }

    /** Commits by id, and when they were read. */
    private record Pins(Map<String, String> shas, long readNanos) {}

    @Override
    public List<String> ids() {
        return properties.allowed().isEmpty()
                ? List.of()
                : cache.ids().stream()
                        .filter(id -> ModelId.isAllowed(id, properties.allowed()))
                        .toList();
    }

    @Override
    public Optional<Located> newest(String id) {
        if (!HubCache.isId(id) || !ModelId.isAllowed(id, properties.allowed())) {
            return Optional.empty();
        }
        return Optional.ofNullable(pins().get(id))
                .or(() -> cache.sha(id, UNASKED))
                .flatMap(sha -> cache.snapshot(id, sha).map(folder -> new Located(folder, sha)));
    }

    @Override
    public Optional<Located> at(String id, String revision) {
        return HubCache.isId(id) && HubCache.isSha(revision) && ModelId.isAllowed(id, properties.allowed())
                ? cache.snapshot(id, revision).map(folder -> new Located(folder, revision))
                : Optional.empty();
    }

    private Map<String, String> pins() {
        Pins known = pins;
        if (known.readNanos() == Long.MIN_VALUE || System.nanoTime() - known.readNanos() > FRESH_NANOS) {
            try {
                known = new Pins(database.call(rows::pins), System.nanoTime());
                pins = known;
            } catch (DataAccessException away) {
                LOG.warn(
                        "Base models stay at the commits of before, because the database is away: {}",
                        away.getMessage());
            }
        }
        return known.shas();
    }

    @Override
    public boolean canProvide(String id, String revision) {
        return cache.snapshot(id, revision).isPresent()
                || (!properties.offline() && ModelId.isAllowed(id, properties.allowed()));
    }

    @Override
    public Path provide(String id, String revision, Listener listener) throws HubException {
        Optional<Path> there = cache.snapshot(id, revision);
        if (there.isPresent()) {
            return there.get();
        }
        if (properties.offline() || !ModelId.isAllowed(id, properties.allowed())) {
            throw new HubException(
                    HubException.Kind.MODEL_NOT_AVAILABLE,
                    "'" + id + "' at " + revision + " is not on this worker, which "
                            + (properties.offline()
                                    ? "pulls nothing (anneal.hub.offline)"
                                    : "does not allow it (anneal.hub.allowed)"));
        }
        puller.pull(id, revision, new Forwarded(listener));
        return cache.snapshot(id, revision)
                .orElseThrow(() -> new HubException(
                        HubException.Kind.MODEL_NOT_AVAILABLE,
                        "'" + id + "' at " + revision + " was pulled but cannot be read"));
    }

    /** Adds up what arrives. */
    private static final class Forwarded implements PullProgress {

        private final Listener listener;
        private long bytesTotal;
        private long bytesDone;

        Forwarded(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void begins(long total, long done) throws HubException {
            bytesTotal = total;
            arrived(done);
        }

        @Override
        public void waits() throws HubException {
            require(listener.waits());
        }

        @Override
        public void arrived(long bytes) throws HubException {
            bytesDone += bytes;
            require(listener.arrived(bytesDone, bytesTotal));
        }

        private static void require(boolean isWanted) throws HubException {
            if (!isWanted) {
                throw new HubException(
                        HubException.Kind.MODEL_NOT_AVAILABLE, "the pull was stopped with the work that needs it");
            }
        }
    }
}
