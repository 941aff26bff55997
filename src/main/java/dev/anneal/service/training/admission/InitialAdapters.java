package dev.anneal.service.training.admission;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.job.InitialAdapter;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.settings.JobRequest;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds the adapter that {@code anneal.init_adapter} names: that of a job, checkpoint, export or tuned model, or an
 * uploaded one; likewise that of a tuned draft.
 */
@Component
final class InitialAdapters {

    private static final String PARAM = "anneal.init_adapter";

    private final TenantDatabase database;
    private final JobStore jobs;
    private final Checkpoints checkpoints;
    private final TunedModels models;
    private final UploadedAdapters uploads;
    private final ExportOrigins exports;

    InitialAdapters(
            TenantDatabase database,
            JobStore jobs,
            Checkpoints checkpoints,
            TunedModels models,
            UploadedAdapters uploads,
            ExportOrigins exports) {
        this.database = database;
        this.jobs = jobs;
        this.checkpoints = checkpoints;
        this.models = models;
        this.uploads = uploads;
        this.exports = exports;
    }

    /**
     * Reads the adapter if it is an uploaded one, or an export of one. Must be called outside transactions, because it
     * may download the adapter.
     *
     * @param model required base model of the adapter
     * @throws Refusal if it does not exist, or no training can start from it
     */
    Optional<UploadedAdapter> read(String tenantId, String id, BaseModel model) {
        return fileOf(tenantId, id).map(file -> uploads.read(tenantId, PARAM, file, model));
    }

    /** The uploaded file with this id, or the origin of the export with this id. */
    private Optional<String> fileOf(String tenantId, String id) {
        if (id.startsWith("file-")) {
            return Optional.of(id);
        }
        return id.startsWith("ftexp-") ? database.call(tenantId, () -> exports.adapterFileOf(id)) : Optional.empty();
    }

    /**
     * Finds the adapter of a request; null if it names none. Requires a transaction of the tenant.
     *
     * @param model required base model of the adapter
     * @param uploaded the adapter if {@link #read} found an uploaded one, or null
     * @throws Refusal if it does not exist, or no training can start from it
     */
    @Nullable
    InitialAdapter find(JobRequest request, BaseModel model, @Nullable UploadedAdapter uploaded) {
        JobRequest.InitialAdapter named = request.initialAdapter();
        return named == null ? null : find(new Wanted(request, named.id(), model), uploaded);
    }

    /** The adapter that a request names. */
    private record Wanted(JobRequest request, String id, BaseModel model) {

        String param() {
            return request.initialAdapterParam();
        }

        /** @param problem ends the sentence that begins with the adapter's name */
        Refusal refused(String problem) {
            return Refusal.invalidValue(param(), "'%s' names '%s', %s".formatted(param(), id, problem));
        }

        Refusal missing(String hint) {
            return refused("but there is no such thing." + hint);
        }
    }

    private InitialAdapter find(Wanted wanted, @Nullable UploadedAdapter uploaded) {
        String id = wanted.id();
        if (uploaded != null) {
            uploads.require(PARAM, uploaded, wanted.model());
            String file = uploaded.fileId();
            return new InitialAdapter(
                    uploaded.settings(), null, new InitialAdapter.Origin(null, file), "the uploaded " + file);
        }
        if (id.startsWith("ftjob-")) {
            Job job = jobs.byId(id).orElseThrow(() -> wanted.missing(""));
            return ofCheckpoint(job, checkpoints.newest(job.number()), wanted);
        }
        Optional<Checkpoints.OfJob> found = savedIn(id);
        Job job = found.flatMap(saved -> jobs.byNumber(saved.job()))
                .orElseThrow(() -> wanted.missing(TunedModels.isTuned(id) ? models.didYouMean(id) : ""));
        return ofCheckpoint(job, found.map(Checkpoints.OfJob::checkpoint), wanted);
    }

    private Optional<Checkpoints.OfJob> savedIn(String id) {
        if (id.startsWith("ftckpt_")) {
            return checkpoints.find(id);
        }
        if (id.startsWith("ftexp-")) {
            return exports.checkpointOf(id).flatMap(checkpoint -> checkpoints.find(checkpoint));
        }
        if (TunedModels.isTuned(id)) {
            return models.find(TunedModels.publishedName(id))
                    .map(found -> new Checkpoints.OfJob(found.model().job(), found.checkpoint()));
        }
        throw Refusal.invalidValue(
                PARAM,
                ("'%s' must be the id of a job (ftjob-...), checkpoint (ftckpt_...), export (ftexp-...), tuned"
                                + " model (ft:...) or uploaded adapter (file-...), but is '%s'")
                        .formatted(PARAM, id));
    }

    private static InitialAdapter ofCheckpoint(Job job, Optional<Checkpoint> saved, Wanted wanted) {
        if (!job.request().model().equals(wanted.model().id())) {
            throw wanted.refused("an adapter of '%s', but 'model' is '%s'; an adapter fits its own base model alone"
                    .formatted(job.request().model(), wanted.model().id()));
        }
        requireSameKind(job, wanted);
        AdapterSettings adapter = job.request().adapter();
        if (adapter == null && wanted.request().method().verifiedBy() == null) {
            throw wanted.refused("whose training changed all weights and has no adapter to begin with");
        }
        Checkpoint checkpoint =
                saved.orElseThrow(() -> wanted.refused("which has saved no checkpoint; name a job that has"));
        if (!checkpoint.isMergeable() && !job.isLinear()) {
            throw new Refusal(
                    RefusalCode.ADAPTER_NOT_ANNEALED,
                    String.format(
                            Locale.ROOT,
                            "'%s' names '%s', whose adapter has beta %.6f at step %d; begin with a checkpoint whose"
                                    + " beta is 0",
                            wanted.param(),
                            wanted.id(),
                            checkpoint.beta(),
                            checkpoint.step()),
                    wanted.param());
        }
        return new InitialAdapter(
                adapter,
                job.request().method(),
                new InitialAdapter.Origin(checkpoint.number(), null),
                "%s of %s at step %d".formatted(checkpoint.id(), job.id(), checkpoint.step()));
    }

    /** A head has other layers than its base model, and than a head of another kind. */
    private static void requireSameKind(Job job, Wanted wanted) {
        String trained = job.request().method().headKind();
        String needed = wanted.request().method().headKind();
        if (!Objects.equals(trained, needed)) {
            throw wanted.refused("%s, but this job trains %s; name one of the same kind"
                    .formatted(described(trained), described(needed)));
        }
    }

    private static String described(@Nullable String headKind) {
        return headKind == null ? "a language model" : "a draft of the kind '%s'".formatted(headKind);
    }
}
