package dev.anneal.engine.run.serve;

import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.generate.Turns;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.ServedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The models in memory: loaded on request, unloaded when idle or when others need their place. Used by one thread. */
final class HeldModels implements AutoCloseable {

    static final String MISMATCH = "draft_mismatch";

    private final Server.Host host;
    private final ServeTask.Limits limits;
    private final Turns turns;

    /** Models by the folder of their weights. */
    private final Map<String, HeldModel> models = new LinkedHashMap<>();

    /** Fingerprints of models that were targets of requests. */
    private final Map<ServedModel, String> fingerprints = new LinkedHashMap<>();

    HeldModels(Server.Host host, ServeTask.Limits limits, Turns turns) {
        this.host = host;
        this.limits = limits;
        this.turns = turns;
    }

    /** A model with an adapter, or none, for one request. */
    record Use(HeldModel model, HeldAdapter adapter) {

        Draft asDraft() {
            return adapter.draft();
        }

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
        if (folder == null) {
            String alone = wanted.base().directory();
            HeldModel model = model(wanted, alone);
            return new Use(model, model.alone(alone, null));
        }
        @Nullable Use held = held(wanted, folder);
        return held != null ? held : load(wanted, folder, host.checkpoint(wanted, Path.of(folder)));
    }

    /** The model of a checkpoint if it is in memory: of all weights, or an adapter of its base model. */
    private @Nullable Use held(ServedModel wanted, String folder) {
        @Nullable
        HeldModel model = models.containsKey(folder)
                ? models.get(folder)
                : models.get(wanted.base().directory());
        @Nullable HeldAdapter adapter = model == null ? null : model.held(folder);
        return model == null || adapter == null ? null : new Use(model, adapter);
    }

    /** A draft of a held model: a model of its own, or a head. */
    Use useDraft(ServedModel draft, Use target) throws IOException {
        @Nullable String folder = draft.checkpointDirectory();
        if (folder == null) {
            return use(draft);
        }
        @Nullable HeldAdapter known = target.model().held(folder);
        if (known != null) {
            return new Use(target.model(), known);
        }
        // A head that is held belongs to another model.
        @Nullable Use held = held(draft, folder);
        if (held != null && !held.adapter().isHead()) {
            return held;
        }
        CheckpointFolder trained = host.checkpoint(draft, Path.of(folder));
        if (!trained.state().settings().method().trainsHead()) {
            return load(draft, folder, trained);
        }
        makeRoomForAdapter();
        return new Use(target.model(), target.model().head(folder, trained));
    }

    /**
     * @throws RequestException {@code draft_mismatch} if a draft cannot propose tokens of a target, or was trained for
     *     another one
     */
    void requireDraftOf(ServedModel draft, Use held, ServedModel target, Use verifier) throws IOException {
        int proposed = held.model().vocabularySize();
        int verified = verifier.model().vocabularySize();
        if (proposed != verified) {
            throw new RequestException(
                    MISMATCH,
                    ("the draft %s has %,d tokens in its vocabulary, but its target %s has %,d; name a draft with"
                                    + " the same vocabulary")
                            .formatted(
                                    draft.base().id(), proposed, target.base().id(), verified));
        }
        @Nullable String trainedFor = held.adapter().trainedFor();
        if (trainedFor != null && !trainedFor.equals(fingerprint(target))) {
            throw new RequestException(
                    MISMATCH,
                    "the draft was trained for another target than this model, whose tokens it would rarely propose;"
                            + " name a draft of this model, or train the draft further for it");
        }
    }

    /** Hashing takes long for large files, which do not change while the model is held. */
    private String fingerprint(ServedModel model) throws IOException {
        String known = fingerprints.get(model);
        if (known == null) {
            known = host.fingerprint(model);
            fingerprints.put(model, known);
        }
        return known;
    }

    private Use load(ServedModel wanted, String folder, CheckpointFolder trained) throws IOException {
        boolean all = trained.state().adapter() == null;
        HeldModel model = model(wanted, all ? folder : wanted.base().directory());
        if (all) {
            return new Use(model, model.alone(folder, trained));
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
            release(model -> model == oldest);
        }
    }

    private void makeRoomForAdapter() {
        while (models.values().stream().mapToInt(HeldModel::adapterCount).sum() >= limits.adapters()) {
            HeldAdapter oldest = models.values().stream()
                    .flatMap(model -> model.adapters().values().stream())
                    .filter(adapter -> adapter.isAdapter() && !adapter.isInUse())
                    .min(Comparator.comparingLong(HeldAdapter::lastUsedNanos))
                    .orElseThrow(() -> busy("adapters", limits.adapters(), "anneal.inference.adapters"));
            models.values().forEach(model -> release(model, adapter -> adapter == oldest));
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
                .forEach(model -> release(
                        model,
                        adapter -> adapter.isAdapter() && !adapter.isInUse() && adapter.lastUsedNanos() < since));
        release(model -> !model.isInUse() && model.lastUsedNanos() < since);
    }

    private void release(Predicate<HeldModel> which) {
        for (Iterator<HeldModel> all = models.values().iterator(); all.hasNext(); ) {
            HeldModel model = Objects.requireNonNull(all.next());
            if (which.test(model)) {
                all.remove();
                fingerprints.clear();
                whenLeftBy(models.values(), model::close);
            }
        }
    }

    /** Closes adapters of a model, which must not be in use. */
    private void release(HeldModel model, Predicate<HeldAdapter> which) {
        model.release(which, adapter -> {
            if (!adapter.isHead()) {
                model.decoder().forget(adapter.applied());
            }
            whenLeftBy(models.values(), adapter::close);
        });
    }

    /**
     * Runs an action once no decoder of these models computes an answer that has ended or was cancelled before, because
     * what it closes may have been the draft of that answer.
     */
    private static void whenLeftBy(Collection<HeldModel> models, Runnable action) {
        if (models.isEmpty()) {
            action.run();
            return;
        }
        AtomicInteger decoding = new AtomicInteger(models.size());
        for (HeldModel model : models) {
            model.decoder().onIdle(() -> {
                if (decoding.decrementAndGet() == 0) {
                    action.run();
                }
            });
        }
    }

    @Override
    public void close() {
        models.values().forEach(HeldModel::stop);
        models.values().forEach(HeldModel::close);
        models.clear();
    }
}
