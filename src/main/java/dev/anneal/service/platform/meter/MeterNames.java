package dev.anneal.service.platform.meter;

/**
 * Names of all meters of the service, with unit, tags and meaning. The names in Prometheus, with underscores and the
 * suffix of type and unit, are given in brackets. No tag names a job, a tenant or a file, except on
 * {@link #WORKER_JOB_INFO}, which has at most one series for each slot.
 */
public final class MeterNames {

    /** Gauge, tag {@code state}: fine-tuning jobs that have not ended [anneal_jobs]. */
    public static final String JOBS = "anneal.jobs";

    /**
     * Gauge, seconds since 1970: since when the oldest claimable training has been waiting; absent if none is waiting
     * [..._timestamp_seconds].
     */
    public static final String OLDEST_QUEUED = "anneal.oldest.queued.timestamp";

    /**
     * Counter, tags {@code outcome}, {@code method} and {@code fault} (none, user, system): finished work
     * [anneal_jobs_finished_total].
     */
    public static final String JOBS_FINISHED = "anneal.jobs.finished";

    /** Timer, histogram: from when work could be claimed to its claim [anneal_job_queue_seconds]. */
    public static final String JOB_QUEUE = "anneal.job.queue";

    /** Timer, histogram: from a claim to the end of its attempt [anneal_job_run_seconds]. */
    public static final String JOB_RUN = "anneal.job.run";

    /** Counter: leases that this worker lost [anneal_job_lease_lost_total]. */
    public static final String LEASE_LOST = "anneal.job.lease.lost";

    /** Counter, tag {@code reason}: attempts that this process ended for a lost worker [anneal_job_rescued_total]. */
    public static final String RESCUED = "anneal.job.rescued";

    /** Counter: writes that came too late and had no effect [anneal_stale_write_rejected_total]. */
    public static final String STALE_WRITES = "anneal.stale.write.rejected";

    /**
     * Counter: tokens that were not computed, because the same beginning of another row was
     * [anneal_train_shared_tokens_total].
     */
    public static final String TRAIN_SHARED_TOKENS = "anneal.train.shared.tokens";

    /** Counter: trained tokens [anneal_train_tokens_total]. */
    public static final String TRAIN_TOKENS = "anneal.train.tokens";

    /** Counter, tag {@code method}: optimizer steps [anneal_train_steps_total]. */
    public static final String TRAIN_STEPS = "anneal.train.steps";

    /** Timer, histogram: duration of an optimizer step [anneal_step_seconds]. */
    public static final String STEP = "anneal.step";

    /** Counter, seconds: optimizer steps on a GPU [anneal_gpu_busy_seconds_total]. */
    public static final String GPU_BUSY = "anneal.gpu.busy";

    /** Timer, histogram: from the end of a step to the saved checkpoint [anneal_checkpoint_save_seconds]. */
    public static final String CHECKPOINT_SAVE = "anneal.checkpoint.save";

    /** Summary, bytes, histogram: size of a checkpoint [anneal_checkpoint_save_bytes]. */
    public static final String CHECKPOINT_BYTES = "anneal.checkpoint.save.bytes";

    /** Gauge, seconds since 1970: when the database last confirmed this worker's leases [..._timestamp_seconds]. */
    public static final String LAST_HEARTBEAT = "anneal.last.heartbeat.timestamp";

    /** Counter, tag {@code outcome}: attempts of webhook deliveries, by outcome [anneal_webhook_deliveries_total]. */
    public static final String WEBHOOK_DELIVERIES = "anneal.webhook.deliveries";

    /** Counter, tag {@code outcome}: requests to the MLflow server, by outcome [anneal_mlflow_requests_total]. */
    public static final String MLFLOW_REQUESTS = "anneal.mlflow.requests";

    /**
     * Gauge, tag {@code part} (store, disk, device, model): 1 while this worker claims nothing because the part is
     * faulty; for {@code model} the number of missing base models, whose work it skips [anneal_worker_fault].
     */
    public static final String WORKER_FAULT = "anneal.worker.fault";

    /** Gauge: slots of this worker that run something [anneal_worker_busy]. */
    public static final String WORKER_BUSY = "anneal.worker.busy";

    /** Gauge: slots of this worker [anneal_worker_slots]. */
    public static final String WORKER_SLOTS = "anneal.worker.slots";

    /**
     * Gauge, always 1, tags {@code slot}, {@code job_id}, {@code model}, {@code method}: what a slot trains
     * [anneal_worker_job_info].
     */
    public static final String WORKER_JOB_INFO = "anneal.worker.job.info";

    /** Gauge, tag {@code slot}: annealing coefficient of the last step, 1 to 0 [anneal_train_beta]. */
    public static final String TRAIN_BETA = "anneal.train.beta";

    /**
     * Gauge, tag {@code slot}: what a merge at the last measurement would have added to the loss
     * [anneal_train_annealing_gap].
     */
    public static final String TRAIN_ANNEALING_GAP = "anneal.train.annealing.gap";

    /**
     * Gauge, tag {@code slot}: how much of the adapter was non-linear at the last measurement
     * [anneal_train_even_share].
     */
    public static final String TRAIN_EVEN_SHARE = "anneal.train.even.share";

    /**
     * Gauge, tag {@code slot}: norm of the adapter's output against that of the frozen weights at the last measurement
     * [anneal_train_adapter_share].
     */
    public static final String TRAIN_ADAPTER_SHARE = "anneal.train.adapter.share";

    /** Gauge, tag {@code slot}, nats per token: loss of the last step [anneal_train_loss]. */
    public static final String TRAIN_LOSS = "anneal.train.loss";

    /** Gauge, tag {@code slot}: learning rate of the last step [anneal_train_learning_rate]. */
    public static final String TRAIN_LEARNING_RATE = "anneal.train.learning.rate";

    /** Gauge, tag {@code slot}: gradient norm of the last step before clipping [anneal_train_grad_norm]. */
    public static final String TRAIN_GRADIENT_NORM = "anneal.train.grad.norm";

    /** Gauge, tag {@code slot}: speed of the last step [anneal_train_tokens_per_second]. */
    public static final String TRAIN_TOKENS_PER_SECOND = "anneal.train.tokens.per.second";

    /** Gauge, tag {@code slot}: mean reward of the last step's completions [anneal_train_reward]. */
    public static final String TRAIN_REWARD = "anneal.train.reward";

    /** Gauge, tag {@code slot}, nats per token: divergence of the last step from the base model [anneal_train_kl]. */
    public static final String TRAIN_KL = "anneal.train.kl";

    /** Gauge, tag {@code slot}, nats per token: entropy of the last step's policy [anneal_train_entropy]. */
    public static final String TRAIN_ENTROPY = "anneal.train.entropy";

    /** Gauge, tag {@code slot}: mean tokens of the last step's completions [anneal_train_completion_tokens]. */
    public static final String TRAIN_COMPLETION_TOKENS = "anneal.train.completion.tokens";

    /** Gauge, tag {@code slot}: share of the last step's completions that were cut [anneal_train_truncated_ratio]. */
    public static final String TRAIN_TRUNCATED = "anneal.train.truncated.ratio";

    /**
     * Gauge, tag {@code slot}: share of the last step's pairs in which the chosen answer gains more
     * [anneal_train_preference_accuracy].
     */
    public static final String TRAIN_PREFERENCE_ACCURACY = "anneal.train.preference.accuracy";

    /**
     * Gauge, tag {@code slot}: mean margin of the rewards of the last step's pairs [anneal_train_preference_margin].
     */
    public static final String TRAIN_PREFERENCE_MARGIN = "anneal.train.preference.margin";

    /**
     * Gauge, tags {@code slot} and {@code tokens} (1, 2, ...): share of the last step's positions at which a draft's
     * first tokens, that many, are the target's most likely ones [anneal_train_draft_acceptance].
     */
    public static final String TRAIN_DRAFT_ACCEPTANCE = "anneal.train.draft.acceptance";

    /**
     * Gauge, tag {@code slot}: probability that a draft and its target have in common, the expected acceptance of a
     * token that is sampled at temperature 1 [anneal_train_draft_overlap].
     */
    public static final String TRAIN_DRAFT_OVERLAP = "anneal.train.draft.overlap";

    /**
     * Gauge, tags {@code slot} and {@code decoding} (greedy, sampled, rollout): tokens that a target writes per pass
     * with the draft, in the last validation, or in the last step's rollout [anneal_train_draft_acceptance_length].
     */
    public static final String TRAIN_DRAFT_ACCEPTANCE_LENGTH = "anneal.train.draft.acceptance.length";

    /** Gauge, tag {@code slot}: steps done [anneal_train_step]. */
    public static final String TRAIN_STEP = "anneal.train.step";

    /** Gauge, tag {@code slot}: steps of the whole job [anneal_train_total_steps]. */
    public static final String TRAIN_TOTAL_STEPS = "anneal.train.total.steps";

    /**
     * Gauge, bytes, tag {@code device}: memory of a CUDA device that trains now; absent on CPUs
     * [anneal_device_memory_bytes].
     */
    public static final String DEVICE_MEMORY = "anneal.device.memory";

    /** Gauge, bytes, tag {@code device}: memory in use, by all processes [anneal_device_memory_used_bytes]. */
    public static final String DEVICE_MEMORY_USED = "anneal.device.memory.used";

    /** Gauge, bytes, tag {@code device}: peak use during this training [anneal_device_memory_peak_bytes]. */
    public static final String DEVICE_MEMORY_PEAK = "anneal.device.memory.peak";

    /** Gauge: answers that this process is generating or that wait for it [anneal_inference_open_answers]. */
    public static final String INFERENCE_OPEN_ANSWERS = "anneal.inference.open.answers";

    /** Counter: answers that were refused with 429 [anneal_inference_refused_answers_total]. */
    public static final String INFERENCE_REFUSED_ANSWERS = "anneal.inference.refused.answers";

    /** Counter, tag {@code kind} (prompt, completion): tokens of completed requests [anneal_inference_tokens_total]. */
    public static final String INFERENCE_TOKENS = "anneal.inference.tokens";

    /**
     * Counter: tokens of prompts of completed requests that were not read again
     * [anneal_inference_cached_prompt_tokens_total].
     */
    public static final String INFERENCE_CACHED_PROMPT_TOKENS = "anneal.inference.cached.prompt.tokens";

    /**
     * Counter, tag {@code outcome} (accepted, rejected): draft tokens of completed requests
     * [anneal_inference_draft_tokens_total].
     */
    public static final String INFERENCE_DRAFT_TOKENS = "anneal.inference.draft.tokens";

    /** Timer, histogram, tag {@code op}: an operation of the artifact store [anneal_artifact_store_seconds]. */
    public static final String STORE = "anneal.artifact.store";

    /**
     * Counter, tag {@code op}: operations in which the artifact store itself failed
     * [anneal_artifact_store_errors_total].
     */
    public static final String STORE_ERRORS = "anneal.artifact.store.errors";

    /**
     * Counter, tag {@code kind} (checkpoint, export, orphan): objects that this process has deleted because of their
     * age [anneal_retention_removed_total].
     */
    public static final String RETENTION_REMOVED = "anneal.retention.removed";

    /** Counter, bytes, tag {@code kind}: bytes of these objects [anneal_retention_removed_bytes_total]. */
    public static final String RETENTION_REMOVED_BYTES = "anneal.retention.removed.bytes";

    /**
     * Counter: sweeps for orphans that were refused or aborted because the store's marker does not name this
     * installation [anneal_retention_refused_total].
     */
    public static final String RETENTION_REFUSED = "anneal.retention.refused";

    /**
     * Gauge, always 1, tags {@code component} (a role) and {@code version}: version of this process
     * [anneal_build_info].
     */
    public static final String BUILD_INFO = "anneal.build.info";

    private MeterNames() {}
}
