package dev.anneal.engine.run.serve;

import dev.anneal.engine.network.generate.Turns;
import dev.anneal.engine.train.Checkpoint;
import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.ServedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The models in memory: loaded on request, unloaded when idle or when others need their place. Used by one thread. */
final class HeldModels implements AutoCloseable {

    private final Server.Host host;
    private final ServeTask.Limits limits;
    private final Turns turns;

    /** Models by the folder of their weights. */
    private final Map<String, HeldModel> models = new LinkedHashMap<>();

    /** Whether a checkpoint holds all weights instead of an adapter, by folder. */
    private final Map<String, Boolean> holdsAllWeights = new LinkedHashMap<>();

    HeldModels(Server.Host host, ServeTask.Limits limits, Turns turns) {
        this.host = host;
        this.limits = limits;
        this.turns = turns;
    }

    /** A model with an adapter, or none, for one request. */
    record Use(HeldModel model, HeldAdapter adapter) {

        /** Marks both as in use until {@link #end}. */
        void begin() {
            adapter.requestBegins();
        }

        void end() {
            model.requestEnds();
            adapter.requestEnds();
        }
    }

    Use use(ServedModel wanted) throws IOException {
        @Nullable String folder = wanted.checkpointDirectory();
        String alone = wanted.base().directory();
        if (folder == null) {
            HeldModel model = model(wanted, alone);
            return new Use(model, model.alone(alone));
        }
        if (holdsAllWeights.getOrDefault(folder, false)) {
            HeldModel model = model(wanted, folder);
            return new Use(model, model.alone(folder));
        }
        @Nullable HeldModel base = models.get(alone);
        @Nullable HeldAdapter known = base == null ? null : base.held(folder);
        return base != null && known != null ? new Use(base, known) : load(wanted, folder);
    }

    private Use load(ServedModel wanted, String folder) throws IOException {
        Checkpoint trained = host.checkpoint(wanted, Path.of(folder));
        boolean all = trained.state().adapterConfig() == null;
        holdsAllWeights.put(folder, all);
        HeldModel model = model(wanted, all ? folder : wanted.base().directory());
        if (all) {
            return new Use(model, model.alone(folder));
        }
        makeRoomForAdapter();
        return new Use(model, model.adapted(folder, trained));
    }

    private HeldModel model(ServedModel wanted, String weights) throws IOException {
        HeldModel known = models.get(weights);
        if (known != null) {
            return known;
        }
        makeRoomForModel();
        HeldModel loaded = HeldModel.load(wanted.base(), Path.of(weights), host, limits, turns);
        models.put(weights, loaded);
        return loaded;
    }

    private void makeRoomForModel() {
        while (models.size() >= limits.models()) {
            HeldModel oldest = models.values().stream()
                    .filter(model -> !model.isInUse())
                    .min(Comparator.comparingLong(HeldModel::lastUsedNanos))
                    .orElseThrow(() -> busy("base models", limits.models(), "anneal.inference.models"));
            letGo(model -> model == oldest);
        }
    }

    private void makeRoomForAdapter() {
        while (models.values().stream().mapToInt(HeldModel::adapterCount).sum() >= limits.adapters()) {
            HeldAdapter oldest = models.values().stream()
                    .flatMap(model -> model.adapters().values().stream())
                    .filter(adapter -> adapter.isAdapter() && !adapter.isInUse())
                    .min(Comparator.comparingLong(HeldAdapter::lastUsedNanos))
                    .orElseThrow(() -> busy("adapters", limits.adapters(), "anneal.inference.adapters"));
            models.values().forEach(model -> model.letGo(adapter -> adapter == oldest));
        }
    }

    private static RequestException busy(String what, int limit, String property) {
        return new RequestException(
                RequestException.BUSY,
                "all %d %s in memory, as many as are allowed (%s), are answering other requests; try again"
                        .formatted(limit, what, property));
    }

    /** Unloads idle models and adapters. */
    void sweep() {
        long since =
                System.nanoTime() - Duration.ofSeconds(limits.idleSeconds()).toNanos();
        models.values()
                .forEach(model -> model.letGo(
                        adapter -> adapter.isAdapter() && !adapter.isInUse() && adapter.lastUsedNanos() < since));
        letGo(model -> !model.isInUse() && model.lastUsedNanos() < since);
    }

    private void letGo(Predicate<HeldModel> which) {
        for (Iterator<HeldModel> all = models.values().iterator(); all.hasNext(); ) {
            HeldModel model = Objects.requireNonNull(all.next());
            if (which.test(model)) {
                all.remove();
                model.close();
            }
        }
        if (models.isEmpty()) {
            holdsAllWeights.clear();
        }
    }

    @Override
    public void close() {
        letGo(model -> true);
    }
}
