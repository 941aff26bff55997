package dev.anneal.service.training.admission;

import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.job.AdmittedJob;
import dev.anneal.service.training.job.InitialAdapter;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobFilter;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.job.Submission;
import dev.anneal.service.training.settings.JobRequest;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** Creates, finds and changes fine-tuning jobs for clients. Jobs of other tenants do not exist here. */
@Component
public final class Jobs {

    /** How long a retry without a key is matched with an earlier request: the SDKs give up within minutes. */
    private static final double RETRY_WINDOW_SECONDS = 600;

    private final TenantDatabase database;
    private final WorkQueue queue;
    private final JobStore store;
    private final Events events;
    private final JobAdmission admission;
    private final JobPreparation preparation;
    private final Identifiers identifiers;

    Jobs(
            TenantDatabase database,
            WorkQueue queue,
            JobStore store,
            Events events,
            JobAdmission admission,
            JobPreparation preparation,
            Identifiers identifiers) {
        this.database = database;
        this.queue = queue;
        this.store = store;
        this.events = events;
        this.admission = admission;
        this.preparation = preparation;
        this.identifiers = identifiers;
    }

    /** Creates a job, or returns the earlier one if the request is a repetition. */
    public Job create(String tenantId, JobRequest request, Submission submission) {
        Job job = readEarlier(tenantId, request, submission).orElseGet(() -> {
            JobAdmission.Fetched fetched = admission.fetch(tenantId, request);
            return database.call(tenantId, () -> {
                lock(tenantId, submission);
                return earlier(submission).orElseGet(() -> insert(tenantId, request, fetched, submission));
            });
        });
        if (job.state() == WorkState.VALIDATING) {
            preparation.startCounting();
        }
        return job;
    }

    /** The job of an earlier request that began with an adapter, which may be deleted by now. */
    private Optional<Job> readEarlier(String tenantId, JobRequest request, Submission submission) {
        return request.initialAdapter() == null ? Optional.empty() : database.call(tenantId, () -> earlier(submission));
    }

    private Optional<Job> earlier(Submission submission) {
        String key = submission.idempotencyKey();
        if (key != null) {
            Optional<Job> job = store.byIdempotencyKey(key);
            job.ifPresent(found -> requireSameBody(found, submission));
            return job;
        }
        return submission.isRetry() ? store.byDigest(submission.bodyDigest(), RETRY_WINDOW_SECONDS) : Optional.empty();
    }

    private void requireSameBody(Job job, Submission submission) {
        if (!store.digestOf(job.number()).equals(submission.bodyDigest())) {
            throw new Refusal(
                    RefusalCode.IDEMPOTENCY_KEY_REUSED,
                    "the Idempotency-Key '" + submission.idempotencyKey() + "' belongs to job " + job.id()
                            + ", which was requested with another body; use a new key for a new job");
        }
    }

    private void lock(String tenantId, Submission submission) {
        String key = submission.idempotencyKey();
        store.lockRequest(tenantId + '\n' + (key == null ? submission.bodyDigest() : key));
    }

    private Job insert(String tenantId, JobRequest request, JobAdmission.Fetched fetched, Submission submission) {
        AdmittedJob admitted = admission.admit(tenantId, request, fetched);
        long work = queue.enqueueValidating(new NewWork(
                tenantId,
                WorkKind.TRAIN,
                admitted.request().method().wireName(),
                request.options().priority(),
                submission.traceparent(),
                admitted.workerModels(),
                request.options().devices(),
                request.options().needsOneWorker()));
        AdmittedJob stored = admission.withoutSecrets(tenantId, work, admitted);
        String id = identifiers.next("ftjob-");
        long number =
                DeletedMeanwhile.refused(stored.request(), () -> store.insert(tenantId, id, work, stored, submission));
        events.info(number, "Created fine-tuning job: " + id, "Validating training file: " + request.trainingFile());
        InitialAdapter initial = stored.initialAdapter();
        if (initial != null) {
            initial.announce(events, number, stored.request().adapter());
        }
        preparation.begin(number, work, stored);
        return byNumber(number);
    }

    public Job find(String tenantId, String id) {
        return read(tenantId, id, job -> job);
    }

    /** Applies {@code reader} to the job within a transaction of the tenant. */
    public <T> T read(String tenantId, String id, Function<Job, T> reader) {
        return database.call(tenantId, () -> reader.apply(require(id)));
    }

    /**
     * The job, in the caller's transaction and with its role.
     *
     * @throws Refusal {@code not_found}
     */
    public Job require(String id) {
        return store.byId(id).orElseThrow(() -> Refusal.notFound("fine-tuning job", id, "fine_tuning_job_id"));
    }

    /** The job with an internal key that some row refers to. */
    public Job byNumber(long number) {
        return store.byNumber(number)
                .orElseThrow(() -> new IllegalArgumentException("there is no job with the key " + number));
    }

    /** A page of the tenant's jobs, newest first unless the request says otherwise. */
    public Page<Job> list(String tenantId, PageRequest request, JobFilter filter) {
        return database.call(tenantId, () -> {
            String after = request.after();
            if (after != null && store.byId(after).isEmpty()) {
                throw Refusal.invalidCursor("a fine-tuning job", after);
            }
            return Page.of(store.page(request, filter), request);
        });
    }

    /** How many of the tenant's jobs are in each state; states without a job are left out. */
    public Map<WorkState, Long> counts(String tenantId) {
        return database.call(tenantId, store::counts);
    }

    /**
     * @param isRetry whether the client marks the request as a retry, so that the change may already have happened
     */
    public Job cancel(String tenantId, String id, boolean isRetry) {
        return change(tenantId, id, isRetry, WorkState.CANCELLED, "Cancellation", queue::cancel);
    }

    /** As {@link #cancel}; a running job saves a checkpoint first. */
    public Job pause(String tenantId, String id, boolean isRetry) {
        return change(tenantId, id, isRetry, WorkState.PAUSED, "Pause", queue::pause);
    }

    /** As {@link #cancel}; also resumes a job that failed because of the platform, from its newest checkpoint. */
    public Job resume(String tenantId, String id, boolean isRetry) {
        return change(tenantId, id, isRetry, WorkState.QUEUED, "Resumption", this::resume);
    }

    /** Checks files and secrets, which may have been deleted since the job failed. */
    private WorkState resume(long workId) {
        Optional<Job> failed = store.byWork(workId).filter(job -> job.state() == WorkState.FAILED);
        WorkState state = queue.resume(workId);
        failed.ifPresent(job -> {
            admission.requireFiles(job);
            admission.requireSecrets(job);
        });
        return state;
    }

    private Job change(
            String tenantId, String id, boolean isRetry, WorkState wanted, String wish, Transition transition) {
        return database.call(tenantId, () -> {
            Job job = require(id);
            if (isRetry && job.state() == wanted) {
                return job;
            }
            WorkState now = transition.apply(job.work().id());
            events.info(job.number(), wish + (now == wanted ? " done: the job is " + now.wireName() : " requested"));
            return require(id);
        });
    }

    /** A change of state in the queue. */
    @FunctionalInterface
    private interface Transition {
        WorkState apply(long workId);
    }
}
