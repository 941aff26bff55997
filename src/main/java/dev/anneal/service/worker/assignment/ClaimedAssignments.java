package dev.anneal.service.worker.assignment;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.ExportTask;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.results.evaluation.Evaluation;
import dev.anneal.service.results.evaluation.EvaluationJournal;
import dev.anneal.service.results.evaluation.EvaluationOrder;
import dev.anneal.service.results.evaluation.Evaluations;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.results.export.ExportKind;
import dev.anneal.service.results.export.ExportOrder;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.job.DraftTarget;
import dev.anneal.service.training.job.InitialAdapter;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.journal.TrainingOrder;
import dev.anneal.service.training.journal.WaitingEvents;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.TrainingMethods;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Trainings, exports and evaluations. An attempt writes below {@code {tenant}/{job}/attempt-{token}} or similar. */
@Component
@ConditionalOnRole(Role.WORKER)
final class ClaimedAssignments implements Assignments {

    private static final Logger LOG = LoggerFactory.getLogger(ClaimedAssignments.class);
    private static final Set<String> TRAININGS = Set.copyOf(TrainingMethods.NAMES);
    private static final Set<String> LIGHT = Stream.concat(
                    Arrays.stream(ExportKind.values()).map(ExportKind::wireName),
                    Stream.of(Evaluations.EXACT_MATCH, Evaluations.GRADED))
            .collect(Collectors.toUnmodifiableSet());

    /** Default size of transformers 4. */
    private static final long SHARD_BYTES = 5_000_000_000L;

    /** Minimum rate of signs of life before the first step, for example from the pull of a base model. */
    private static final Duration SILENCE_BEFORE_STEPS = Duration.ofMinutes(15);

    private final Leases leases;
    private final Inputs inputs;
    private final ArtifactStore store;
    private final TrainingAssignment.Publication trainings;
    private final ExportJournal exports;
    private final EvaluationJournal evaluations;
    private final WaitingEvents heldUp;

    ClaimedAssignments(
            Leases leases,
            Inputs inputs,
            ArtifactStore store,
            TrainingAssignment.Publication trainings,
            ExportJournal exports,
            EvaluationJournal evaluations,
            WaitingEvents heldUp) {
        this.leases = leases;
        this.inputs = inputs;
        this.store = store;
        this.trainings = trainings;
        this.exports = exports;
        this.evaluations = evaluations;
        this.heldUp = heldUp;
    }

    @Override
    public Set<String> methods(Slot slot) {
        return known(slot);
    }

    static Set<String> known(Slot slot) {
        return switch (slot) {
            case TRAINING -> TRAININGS;
            case LIGHT -> LIGHT;
        };
    }

    @Override
    public Assignment prepare(Claim claim, String device, AttemptInputs inputs) {
        try {
            return switch (claim.kind()) {
                case TRAIN -> training(claim, device, inputs);
                case EXPORT -> export(claim, device, inputs);
                case EVALUATE -> evaluation(claim, device, inputs);
            };
        } catch (StorageException failure) {
            throw AssignmentException.of(failure);
        }
    }

    /** An evaluation's error is stored with its work, from which its status is derived. */
    @Override
    public void refused(Claim claim, WorkError error) {
        long work = claim.lease().workId();
        switch (claim.kind()) {
            case TRAIN -> trainings.journal().failed(work, error);
            case EXPORT -> exports.failed(work, error);
            case EVALUATE -> {}
        }
    }

    @Override
    public void explainWaits() {
        heldUp.explain();
    }

    /** Exports and evaluations have no events. */
    @Override
    public void givenBack(Claim claim) {
        if (claim.kind() == WorkKind.TRAIN) {
            trainings.journal().givenBack(claim.lease().workId());
        }
    }

    private void prepares(Lease lease, String message) {
        leases.working(lease, SILENCE_BEFORE_STEPS, () -> trainings.journal().prepares(lease.workId(), message));
    }

    private Assignment training(Claim claim, String device, AttemptInputs brought) {
        TrainingOrder order = trainings.journal().order(claim.lease().workId());
        Job job = order.job();
        JobRequest request = job.request();
        ArtifactKey folder = attempt(job, claim.lease().token());
        String validationFile = request.validationFile();
        TrainTask task = new TrainTask(
                inputs.model(brought, request.model(), job.baseRevision(), message -> prepares(claim.lease(), message)),
                inputs.machine(device),
                job.createdAt(),
                inputs.file(brought, job.tenantId(), request.trainingFile()),
                validationFile == null ? null : inputs.file(brought, job.tenantId(), validationFile),
                request.adapter(),
                order.settings(),
                store.localFolder(folder).toString(),
                initialAdapter(order, brought),
                target(order, brought, message -> prepares(claim.lease(), message)),
                draft(order, brought, message -> prepares(claim.lease(), message)),
                resumeFrom(order, brought).orElse(null),
                targetAnswers(order, brought).orElse(null),
                order.validatedStep(),
                null);
        return new TrainingAssignment(claim, job, task, folder, trainings);
    }

    private TrainTask.@Nullable InitialAdapter initialAdapter(TrainingOrder order, AttemptInputs brought) {
        String checkpoint = order.initialCheckpoint();
        if (checkpoint != null) {
            return new TrainTask.InitialAdapter(
                    TrainTask.InitialAdapter.Form.CHECKPOINT, inputs.folder(brought, checkpoint));
        }
        InitialAdapter.Origin origin = order.job().initialAdapter();
        String archive = origin == null ? null : origin.fileId();
        return archive == null
                ? null
                : new TrainTask.InitialAdapter(
                        TrainTask.InitialAdapter.Form.PEFT_ARCHIVE,
                        inputs.file(brought, order.job().tenantId(), archive));
    }

    /** A target's adapter is that of its checkpoint, applied as it is. */
    private @Nullable ServedModel target(TrainingOrder order, AttemptInputs brought, Consumer<String> tell) {
        DraftTarget target = order.job().target();
        String checkpoint = order.targetCheckpoint();
        return target == null
                ? null
                : new ServedModel(
                        inputs.model(brought, target.base(), target.revision(), tell),
                        checkpoint == null ? null : inputs.folder(brought, checkpoint));
    }

    /** The draft of rollouts. It changes none of their tokens, so without its files there is none. */
    private @Nullable ServedModel draft(TrainingOrder order, AttemptInputs brought, Consumer<String> tell) {
        TrainingMethod.RolloutDraft draft = order.settings().method().rolloutDraft();
        String directory = order.draftCheckpoint();
        if (draft == null || draft.found() == null || directory == null) {
            return null;
        }
        TrainingMethod.RolloutDraft.Found found = draft.found();
        try {
            String folder = inputs.folder(brought, directory);
            return new ServedModel(inputs.model(brought, found.base(), found.revision(), tell), folder);
        } catch (StorageException failure) {
            store.check();
            tell.accept("The draft '%s' is left out, as its files are not in the artifact store any more"
                    .formatted(draft.name()));
            return null;
        } catch (AssignmentException failure) {
            tell.accept("The draft '%s' is left out, as its base model cannot be used".formatted(draft.name()));
            return null;
        }
    }

    /**
     * The newest intact checkpoint. A damaged one costs the steps since the previous one; an unreachable store costs
     * none.
     */
    private Optional<String> resumeFrom(TrainingOrder order, AttemptInputs brought) {
        return order.checkpoints().stream()
                .flatMap(each -> whole(order.job().id(), each.directory(), brought).stream())
                .findFirst();
    }

    /** The answers that earlier attempts kept. Damaged ones cost their writing. */
    private Optional<String> targetAnswers(TrainingOrder order, AttemptInputs brought) {
        return Optional.ofNullable(order.targetAnswers())
                .flatMap(directory -> whole(order.job().id(), directory, brought));
    }

    private Optional<String> whole(String jobId, String directory, AttemptInputs brought) {
        Optional<String> problem;
        try {
            String folder = inputs.folder(brought, directory);
            problem = CheckpointCheck.problemOf(Path.of(folder));
            if (problem.isEmpty()) {
                return Optional.of(folder);
            }
        } catch (StorageException e) {
            problem = Optional.of(String.valueOf(e.getMessage()));
        }
        store.check();
        LOG.warn("Job {} goes on without {}: {}", jobId, directory, problem.get());
        return Optional.empty();
    }

    private Assignment export(Claim claim, String device, AttemptInputs brought) {
        ExportOrder order = exports.order(claim.lease().workId());
        Export export = order.export();
        String tenant = claim.tenantId();
        ArtifactKey folder =
                jobFolder(order).child(export.id() + "-" + claim.lease().token());
        String probeFile = order.probeFile();
        ExportTask task = new ExportTask(
                inputs.model(brought, order.model(), export.baseRevision(), told(export.id())),
                inputs.machine(device),
                order.templateTime(),
                export.id(),
                export.kind().wireName(),
                export.dtype(),
                export.format(),
                order.training(),
                checkpointOrNull(order.checkpoint(), brought),
                checkpointOrNull(order.target(), brought),
                export.adapter()
                        .map(adapter -> inputs.file(brought, tenant, adapter.fileId()))
                        .orElse(null),
                probeFile == null ? null : inputs.file(brought, tenant, probeFile),
                SHARD_BYTES,
                output(folder));
        return new ExportAssignment(claim, order, task, folder, exports, store);
    }

    /** The engine creates the folder itself, atomically when it is complete. */
    private String output(ArtifactKey folder) {
        store.delete(folder);
        Path parent = store.localFolder(folder.folder().orElseThrow());
        return parent.resolve(folder.name()).toString();
    }

    private Assignment evaluation(Claim claim, String device, AttemptInputs brought) {
        EvaluationOrder order = evaluations.order(claim.lease().workId());
        Evaluation evaluation = order.evaluation();
        String export = order.exportDirectory();
        Task.BaseModel model = export == null
                ? inputs.model(brought, evaluation.baseModel(), evaluation.baseRevision(), told(evaluation.id()))
                : new Task.BaseModel(evaluation.baseModel(), evaluation.baseRevision(), inputs.folder(brought, export));
        EvaluateTask task = new EvaluateTask(
                model,
                inputs.machine(device),
                evaluation.createdAt(),
                checkpointOrNull(order.checkpoint(), brought),
                inputs.file(brought, evaluation.work().tenantId(), evaluation.testFile()),
                evaluation.maxNewTokens(),
                evaluation.sampleRows(),
                evaluation.grading());
        return new EvaluationAssignment(claim, evaluation, task, evaluations);
    }

    /** Work without events logs the progress of its pull. */
    private static Consumer<String> told(String id) {
        return message -> LOG.info("{}: {}", id, message);
    }

    private @Nullable String checkpointOrNull(@Nullable Checkpoint checkpoint, AttemptInputs brought) {
        return checkpoint == null ? null : inputs.folder(brought, checkpoint.directory());
    }

    /**
     * Folder of the exports of a job, or of all uploaded adapters, with a subfolder {@code {export}-{token}} for each
     * attempt.
     */
    static ArtifactKey jobFolder(ExportOrder order) {
        return new ArtifactKey(order.export().work().tenantId()).child(order.folder());
    }

    /** Folder to which an attempt of a training writes. */
    static ArtifactKey attempt(Job job, long token) {
        return new ArtifactKey(job.tenantId()).child(job.id()).child("attempt-" + token);
    }
}
