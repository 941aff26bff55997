package dev.anneal.service.training.admission;

import dev.anneal.engine.grade.GraderSecrets;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.files.FileStatus;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.queue.secret.SealedValues;
import dev.anneal.service.training.job.AdmittedJob;
import dev.anneal.service.training.job.DraftTarget;
import dev.anneal.service.training.job.InitialAdapter;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JudgingModels;
import dev.anneal.service.training.job.PairedModel;
import dev.anneal.service.training.job.UsableModel;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.ModelProfile;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Checks a request against the base model and the files that it names. */
@Component
public final class JobAdmission {

    private final TenantDatabase database;
    private final Files files;
    private final InitialAdapters adapters;
    private final TrainingModels models;
    private final JudgingModels judges;
    private final JobLimits limits;
    private final SealedValues sealed;

    JobAdmission(
            TenantDatabase database,
            Files files,
            InitialAdapters adapters,
            TrainingModels models,
            JudgingModels judges,
            JobLimits limits,
            SealedValues sealed) {
        this.database = database;
        this.files = files;
        this.adapters = adapters;
        this.models = models;
        this.judges = judges;
        this.limits = limits;
        this.sealed = sealed;
    }

    /**
     * Checks the request without creating anything.
     *
     * @throws Refusal naming the parameter at fault
     */
    public AdmittedJob check(String tenantId, JobRequest request) {
        Fetched fetched = fetch(tenantId, request);
        return database.call(tenantId, () -> admit(tenantId, request, fetched));
    }

    /**
     * What a request names that is not read in its transaction.
     *
     * @param adapter adapter that the training begins with, if it is an uploaded one
     * @param shared target of a draft, or draft of rollouts, if another tenant shares it
     */
    record Fetched(
            @Nullable UploadedAdapter adapter, @Nullable UsableModel shared) {}

    /**
     * Must be called outside transactions.
     *
     * @throws Refusal if no training can begin with the adapter
     */
    Fetched fetch(String tenantId, JobRequest request) {
        JobRequest.InitialAdapter named = request.initialAdapter();
        UploadedAdapter adapter = named == null || request.method().verifiedBy() != null
                ? null
                : adapters.read(tenantId, named.id(), models.base(request)).orElse(null);
        return new Fetched(adapter, models.shared(tenantId, request).orElse(null));
    }

    /**
     * As {@link #check}, in a transaction of the tenant, until whose end the files are not deleted.
     *
     * @param fetched what {@link #fetch} has fetched
     */
    AdmittedJob admit(String tenantId, JobRequest asked, Fetched fetched) {
        PairedModel target = models.target(asked, fetched.shared());
        BaseModel model = models.trained(asked, target);
        JobRequest request = target == null ? asked : asked.drafting(model.id(), ModelProfile.of(target.base()));
        InitialAdapter initial = adapters.find(request, model, fetched.adapter());
        JobRequest begun = initial == null ? request : request.beginningWith(initial.settings(), initial.method());
        TrainingModels.FoundDraft draft = models.rolloutDraft(begun, model, initial, fetched.shared());
        String validationFile = request.validationFile();
        AdmittedJob admitted = new AdmittedJob(
                draft == null ? begun : begun.draftedBy(draft.stored()),
                model,
                target,
                draft == null ? null : draft.model(),
                requireUsable(request.trainingFile(), request.method(), "training_file"),
                validationFile == null ? null : requireUsable(validationFile, request.method(), "validation_file"),
                initial);
        AdmittedJob fitted =
                admitted.with(admitted.request().fitting(admitted.profiles().trained()));
        limits.check(tenantId, fitted.request(), fitted.profiles());
        requireJudge(fitted.request().method());
        return fitted;
    }

    /**
     * Finds again what an admitted job names. Requires a transaction of its tenant, until whose end the files are not
     * deleted.
     *
     * @throws Refusal if a model is not available or a file no longer exists
     */
    AdmittedJob readmit(Job job) {
        JobRequest request = job.request();
        DraftTarget target = job.target();
        TrainingMethod.RolloutDraft draft = request.method().rolloutDraft();
        TrainingMethod.RolloutDraft.Found found = draft == null ? null : draft.found();
        String validationFile = request.validationFile();
        return new AdmittedJob(
                request,
                models.require(request.model()),
                target == null ? null : new PairedModel(models.require(target.base()), target.checkpoint()),
                found == null ? null : new PairedModel(models.require(found.base()), job.draftCheckpoint()),
                requireFile(request.trainingFile(), "training_file"),
                validationFile == null ? null : requireFile(validationFile, "validation_file"),
                null);
    }

    /** @throws Refusal if a file of the job no longer exists */
    void requireFiles(Job job) {
        requireFile(job.request().trainingFile(), "training_file");
        if (job.request().validationFile() != null) {
            requireFile(job.request().validationFile(), "validation_file");
        }
        InitialAdapter.Origin initial = job.initialAdapter();
        if (initial != null && initial.fileId() != null) {
            requireFile(initial.fileId(), "anneal.init_adapter");
        }
    }

    private StoredFile requireFile(String fileId, String param) {
        return files.lockForUse(fileId)
                .orElseThrow(() -> new Refusal(
                        RefusalCode.DATASET_INVALID,
                        "'" + fileId + "' was deleted or has expired; upload it again",
                        param));
    }

    private void requireJudge(TrainingMethod method) {
        Map<String, @Nullable Object> grader = method.grader();
        if (grader != null) {
            judges.require(grader, method.param("grader"));
        }
    }

    /** The job for storage: headers of graders are encrypted for the job's work and replaced by ids. */
    AdmittedJob withoutSecrets(String tenantId, long workId, AdmittedJob admitted) {
        JobRequest request = admitted.request();
        return admitted.with(request.with(request.method()
                .withGrader(grader -> GraderSecrets.replaced(grader, value -> sealed.keep(tenantId, workId, value)))));
    }

    /** @throws Refusal if the headers of the job's graders have been deleted */
    void requireSecrets(Job job) {
        Map<String, @Nullable Object> grader = job.request().method().grader();
        if (grader != null && !sealed.areKept(job.work().id(), GraderSecrets.of(grader))) {
            throw new Refusal(
                    RefusalCode.JOB_NOT_RESUMABLE,
                    "job '" + job.id() + "' failed more than " + SealedValues.DAYS_AFTER_FAILURE
                            + " days ago, and the headers of its grader, which are secret, have been deleted since;"
                            + " create a new job with them");
        }
    }

    private StoredFile requireUsable(String fileId, TrainingMethod method, String param) {
        StoredFile file = files.lockForUse(fileId)
                .orElseThrow(() -> Refusal.invalidValue(
                        param,
                        "'" + param + "' names '" + fileId
                                + "', but there is no such file; upload one with the purpose '"
                                + FilePurpose.FINE_TUNE.wireName() + "' to /v1/files"));
        if (file.purpose() != FilePurpose.FINE_TUNE) {
            throw Refusal.invalidValue(
                    param,
                    "'" + param + "' names '" + fileId + "', whose purpose is '"
                            + file.purpose().wireName() + "'; upload it again with the purpose '"
                            + FilePurpose.FINE_TUNE.wireName() + "'");
        }
        if (file.status() == FileStatus.ERROR) {
            throw invalidDataset(file, param);
        }
        FormatCheck.require(file, method, param);
        return file;
    }

    /** Refusal of an invalid file, with the reason in its report. */
    static Refusal invalidDataset(StoredFile file, @Nullable String param) {
        ValidationReport report = file.report();
        String code = report == null ? null : report.code();
        return new Refusal(
                code == null ? RefusalCode.DATASET_INVALID : RefusalCode.valueOf(code.toUpperCase(Locale.ROOT)),
                "'" + file.id() + "' cannot be trained on: " + reasonOf(file, report)
                        + (report == null
                                ? ""
                                : " Its validation report says more; correct the file and upload it again."),
                param);
    }

    private static String reasonOf(StoredFile file, @Nullable ValidationReport report) {
        if (report != null && report.message() != null) {
            return report.message();
        }
        return file.statusDetails() == null ? "its rows could not be checked" : file.statusDetails();
    }
}
