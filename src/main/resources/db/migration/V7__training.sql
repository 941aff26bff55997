-- Training: jobs with what they report, checkpoints, tuned models and whom they are shared with.

-- What clients see of a training. No status is stored here: it is the state of the job's work item.
CREATE TABLE job (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id          text        NOT NULL,
    -- Sorts in order of creation, so it is the cursor of lists as well.
    external_id        text COLLATE "C" NOT NULL,
    work_id            bigint      NOT NULL UNIQUE REFERENCES work,
    created_at         timestamptz NOT NULL,
    model              text        NOT NULL,
    -- Ids only: files may go when the job has ended, and the job still names them.
    training_file      text        NOT NULL,
    validation_file    text,
    metadata           jsonb       NOT NULL,
    -- What the client asked for, each value valid in itself, with a drawn seed if it named none.
    request            jsonb       NOT NULL,
    -- What it became once the files were counted; null until then.
    settings           jsonb,
    total_steps        integer,
    annealed_at_step   integer,
    idempotency_key    text,
    body_digest        text        NOT NULL,
    -- Both set by the training's completion.
    trained_tokens     bigint,
    result_file        text,
    -- The adapter that the job begins with: a checkpoint, or an uploaded archive of a PEFT adapter, of which only the id is kept, as of the other files.
    init_checkpoint_id bigint,
    init_file          text,
    -- The commit on the Hub that the base model was when the job was created, so that a branch that moves changes nothing for the job.
    base_revision      text,
    -- The target of a draft, as it was when the job was created: its base model with the commit on the Hub, and its checkpoint, which may be another tenant's.
    -- The draft proposes the tokens of this model and of no other.
    target_model         text,
    target_revision      text,
    target_checkpoint_id bigint,
    -- The checkpoint of the draft of a job's rollouts, which may be another tenant's; the request says what it is.
    draft_checkpoint_id  bigint,
    -- What a client's list of jobs is filtered by. The model is the one that the request names: of a draft its target, where job.model is what is trained.
    -- Both columns repeat the request, because a statement that read the request of each job would read several times as much.
    named_model        text        NOT NULL GENERATED ALWAYS AS (coalesce(request #>> '{method,target}', model)) STORED,
    searched           text        NOT NULL GENERATED ALWAYS AS (lower(
        external_id || ' ' || model || ' ' || coalesce(request #>> '{method,target}', '') || ' ' || coalesce(request ->> 'suffix', '') || ' ' || metadata::text
    )) STORED,
    CONSTRAINT job_settings_are_complete
        CHECK ((settings IS NULL) = (total_steps IS NULL) AND (settings IS NULL) = (annealed_at_step IS NULL)),
    CONSTRAINT job_anneals_within_its_steps CHECK (annealed_at_step BETWEEN 0 AND total_steps),
    CONSTRAINT job_result_needs_settings
        CHECK ((trained_tokens IS NULL) = (result_file IS NULL) AND (result_file IS NULL OR settings IS NOT NULL)),
    -- A key that a client sends again means the same job.
    CONSTRAINT job_idempotency_key_is_used_once UNIQUE (tenant_id, idempotency_key),
    -- The list of a tenant, newest first. No other index has the order of ids: by one over all tenants, a generic plan would read those of others on the way
    -- to a page of this one.
    CONSTRAINT job_external_id_is_unique UNIQUE (tenant_id, external_id),
    CONSTRAINT job_begins_with_one_adapter CHECK (init_checkpoint_id IS NULL OR init_file IS NULL),
    CONSTRAINT job_base_revision_is_a_commit CHECK (base_revision ~ '^[0-9a-f]{40}$'),
    CONSTRAINT job_target_revision_is_a_commit CHECK (target_revision ~ '^[0-9a-f]{40}$'),
    CONSTRAINT job_target_has_a_base CHECK (target_model IS NOT NULL OR num_nonnulls(target_revision, target_checkpoint_id) = 0)
);

-- For whoever does not know the tenant.
CREATE INDEX job_external_id ON job USING hash (external_id);
-- A request that an SDK sends again without a key is recognised by its content.
CREATE INDEX job_body ON job (tenant_id, body_digest, created_at);
-- A file of an unfinished job is not deleted, nor is a checkpoint that a job began with, or that is the target of a draft or the draft of rollouts.
CREATE INDEX job_training_file ON job (training_file);
CREATE INDEX job_validation_file ON job (validation_file) WHERE validation_file IS NOT NULL;
CREATE INDEX job_init_checkpoint ON job (init_checkpoint_id) WHERE init_checkpoint_id IS NOT NULL;
CREATE INDEX job_target_checkpoint ON job (target_checkpoint_id) WHERE target_checkpoint_id IS NOT NULL;
CREATE INDEX job_draft_checkpoint ON job (draft_checkpoint_id) WHERE draft_checkpoint_id IS NOT NULL;
CREATE INDEX job_init_file ON job (init_file) WHERE init_file IS NOT NULL;

-- The jobs of a model, newest first.
CREATE INDEX job_of_model ON job (tenant_id, named_model, external_id);

CALL isolate_tenants('job');
-- For the views below, as are the columns of other tables that anneal_readonly reads.
GRANT SELECT (id, external_id, tenant_id, work_id, created_at, model, total_steps, annealed_at_step) ON job TO anneal_readonly;

-- What each step changes: one narrow row for each job, updated in place (HOT). Its row lock puts a job's events in one order.
CREATE TABLE job_progress (
    job_id             bigint           PRIMARY KEY REFERENCES job ON DELETE CASCADE,
    tenant_id          text             NOT NULL,
    -- Number of the newest event.
    events             integer          NOT NULL DEFAULT 0,
    -- Step of the current attempt, which may be lower than one that an earlier attempt reached.
    step               integer          NOT NULL DEFAULT 0,
    -- The CUDA device that trained the job last, and the most that any attempt held of its memory. Null on CPUs.
    device             text,
    device_bytes       bigint,
    device_peak_bytes  bigint,
    -- For forecasts: how long the training has waited for what is not a step.
    validations        integer          NOT NULL DEFAULT 0,
    validation_seconds double precision NOT NULL DEFAULT 0,
    checkpoints        integer          NOT NULL DEFAULT 0,
    checkpoint_seconds double precision NOT NULL DEFAULT 0,
    -- Key in the artifact store of the newest folder of answers that a draft's target has written before the first step. Null without.
    target_answers     text,
    CONSTRAINT job_progress_counts CHECK (events >= 0 AND step >= 0),
    CONSTRAINT job_progress_device CHECK (num_nulls(device, device_bytes, device_peak_bytes) IN (0, 3))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100);

CALL isolate_tenants('job_progress');
GRANT SELECT (job_id, step) ON job_progress TO anneal_readonly;

-- Numbered without gaps within a job, so that a reader who has seen number n has seen all before it.
CREATE TABLE job_event (
    job_id      bigint      NOT NULL REFERENCES job ON DELETE CASCADE,
    number      integer     NOT NULL,
    tenant_id   text        NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    created_at  timestamptz NOT NULL,
    level       text        NOT NULL,
    type        text        NOT NULL,
    message     text        NOT NULL,
    data        jsonb,
    PRIMARY KEY (job_id, number),
    -- A cursor names an event of this job.
    CONSTRAINT job_event_id_is_unique UNIQUE (job_id, external_id),
    CONSTRAINT job_event_level_is_known CHECK (level IN ('info', 'warn', 'error')),
    CONSTRAINT job_event_type_is_known CHECK (type IN ('message', 'metrics'))
);

CALL isolate_tenants('job_event');

-- The series of a job. A step that a later attempt repeats replaces the earlier row, which holds the same numbers.
CREATE TABLE job_step (
    job_id                    bigint           NOT NULL REFERENCES job ON DELETE CASCADE,
    step                      integer          NOT NULL,
    tenant_id                 text             NOT NULL,
    recorded_at               timestamptz      NOT NULL,
    seconds                   double precision NOT NULL,
    -- A column for each dev.anneal.protocol.Figure.
    epoch                     double precision NOT NULL,
    train_loss                double precision,
    train_mean_token_accuracy double precision,
    learning_rate             double precision NOT NULL,
    grad_norm                 double precision,
    beta                      double precision NOT NULL,
    trained_tokens            bigint           NOT NULL,
    tokens                    bigint           NOT NULL,
    shared_tokens             bigint           NOT NULL,
    tokens_per_second         double precision NOT NULL,
    -- Further figures of the method, by name; null where there is none.
    metrics                   jsonb,
    PRIMARY KEY (job_id, step),
    CONSTRAINT job_step_counts CHECK (step > 0),
    CONSTRAINT job_step_beta_is_a_share CHECK (beta BETWEEN 0 AND 1)
);

CALL isolate_tenants('job_step');
GRANT SELECT (job_id, step, recorded_at, epoch, train_loss, train_mean_token_accuracy, learning_rate, grad_norm, beta, tokens, tokens_per_second, metrics)
    ON job_step TO anneal_readonly;

CREATE TABLE job_validation (
    job_id         bigint           NOT NULL REFERENCES job ON DELETE CASCADE,
    step           integer          NOT NULL,
    tenant_id      text             NOT NULL,
    recorded_at    timestamptz      NOT NULL,
    beta           double precision NOT NULL,
    loss           double precision,
    token_accuracy double precision,
    -- As those of job_step.
    metrics        jsonb,
    PRIMARY KEY (job_id, step)
);

CALL isolate_tenants('job_validation');
GRANT SELECT (job_id, step, beta, loss, token_accuracy, metrics) ON job_validation TO anneal_readonly;

-- Completions of rollouts, word for word. A step that a later attempt repeats replaces the earlier rows, which hold the same.
CREATE TABLE job_sample (
    job_id      bigint           NOT NULL REFERENCES job ON DELETE CASCADE,
    step        integer          NOT NULL,
    position    integer          NOT NULL,
    tenant_id   text             NOT NULL,
    recorded_at timestamptz      NOT NULL,
    beta        double precision NOT NULL,
    -- Line of the prompt in the training file.
    line        bigint           NOT NULL,
    prompt      text             NOT NULL,
    completion  text             NOT NULL,
    tokens      integer          NOT NULL,
    truncated   boolean          NOT NULL,
    reward      double precision,
    errors      text[]           NOT NULL,
    PRIMARY KEY (job_id, step, position)
);

CALL isolate_tenants('job_sample');

CREATE TABLE checkpoint (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id   text             NOT NULL,
    external_id text COLLATE "C" NOT NULL UNIQUE,
    job_id      bigint           NOT NULL REFERENCES job ON DELETE CASCADE,
    created_at  timestamptz      NOT NULL,
    step        integer          NOT NULL,
    beta        double precision NOT NULL,
    -- Key in the artifact store. A later attempt that reaches the same step writes its own folder and names it here.
    directory   text             NOT NULL,
    bytes       bigint           NOT NULL,
    -- Whether the optimizer's state is still there, from which a training can go on. Retention deletes that of older checkpoints once their job has ended.
    resumable   boolean          NOT NULL DEFAULT true,
    -- Whether retention has taken the optimizer's state from use and may not have deleted it from the artifact store yet.
    owes_deletion boolean        NOT NULL DEFAULT false,
    CONSTRAINT checkpoint_in_use_is_kept CHECK (NOT (resumable AND owes_deletion)),
    CONSTRAINT checkpoint_step_is_saved_once UNIQUE (job_id, step),
    CONSTRAINT checkpoint_beta_is_a_share CHECK (beta BETWEEN 0 AND 1)
);

-- What a tenant stores.
CREATE INDEX checkpoint_of_tenant ON checkpoint (tenant_id) INCLUDE (bytes);

CALL isolate_tenants('checkpoint');

-- Jobs and checkpoints refer to each other.
ALTER TABLE job ADD CONSTRAINT job_init_checkpoint_id_fkey FOREIGN KEY (init_checkpoint_id) REFERENCES checkpoint;
ALTER TABLE job ADD CONSTRAINT job_target_checkpoint_id_fkey FOREIGN KEY (target_checkpoint_id) REFERENCES checkpoint;
ALTER TABLE job ADD CONSTRAINT job_draft_checkpoint_id_fkey FOREIGN KEY (draft_checkpoint_id) REFERENCES checkpoint;

-- The name that a finished training gave to its adapter. A deleted name stays: it must never come to mean something else.
CREATE TABLE tuned_model (
    name       text COLLATE "C" PRIMARY KEY,
    tenant_id  text        NOT NULL,
    job_id     bigint      NOT NULL UNIQUE REFERENCES job,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    -- For the reference of checkpoint_permission: only the tenant that made a model shares it.
    CONSTRAINT tuned_model_has_one_tenant UNIQUE (name, tenant_id)
);

CREATE INDEX tuned_model_list ON tuned_model (tenant_id, created_at) WHERE deleted_at IS NULL;

CALL isolate_tenants('tuned_model');

-- Which other tenants may use a tuned model or a checkpoint of it.
CREATE TABLE checkpoint_permission (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The owner, who grants.
    tenant_id     text        NOT NULL,
    external_id   text COLLATE "C" NOT NULL UNIQUE,
    created_at    timestamptz NOT NULL,
    -- What is shared: the tuned model by its own name, or one of its checkpoints (<tuned model>:ckpt-step-<n>).
    model         text COLLATE "C" NOT NULL,
    tuned_model   text COLLATE "C" NOT NULL,
    -- Kept as long as another tenant may use it.
    checkpoint_id bigint      NOT NULL REFERENCES checkpoint,
    -- The tenant that may use it.
    project_id    text        NOT NULL,
    CONSTRAINT checkpoint_permission_is_given_once UNIQUE (model, project_id),
    CONSTRAINT checkpoint_permission_is_the_owners FOREIGN KEY (tuned_model, tenant_id) REFERENCES tuned_model (name, tenant_id),
    CONSTRAINT checkpoint_permission_is_for_a_model_of_its_training CHECK (starts_with(model, tuned_model)),
    CONSTRAINT checkpoint_permission_is_for_others CHECK (project_id <> tenant_id)
);

-- The permissions of a model, by id.
CREATE INDEX checkpoint_permission_list ON checkpoint_permission (model, external_id);
-- A shared checkpoint is not deleted.
CREATE INDEX checkpoint_permission_checkpoint ON checkpoint_permission (checkpoint_id);

CALL isolate_tenants('checkpoint_permission');

-- A tenant that may use a model sees so, and cannot change it. The model itself, its job and its checkpoints stay hidden from that tenant: they are read under
-- the system's role, by the name in this row.
CREATE POLICY permissions_of_the_tenant ON checkpoint_permission FOR SELECT TO anneal_tenant USING (project_id = current_tenant());

-- The draft that generation with a model uses unless a request names another or none: for the requests of the tenant that set it, and of those with which that
-- tenant shares the model. Names alone: a draft that is deleted, or whose target the model no longer is, counts as none.
CREATE TABLE default_draft (
    tenant_id text NOT NULL,
    -- A base model, a tuned model or a checkpoint.
    model     text COLLATE "C" NOT NULL,
    draft     text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, model)
);

CALL isolate_tenants('default_draft');

-- For dashboards (role anneal_readonly): jobs as they stand, and their series.
CREATE VIEW anneal_job WITH (security_invoker = true) AS
SELECT job.external_id AS job_id,
       job.tenant_id   AS tenant,
       job.model,
       lower(work.state) AS state,
       job.created_at,
       work.started_at,
       work.finished_at,
       progress.step,
       job.total_steps,
       job.annealed_at_step,
       latest.beta,
       latest.epoch,
       latest.train_loss,
       latest.tokens,
       latest.tokens_per_second,
       work.error ->> 'code' AS error_code
FROM job
JOIN work ON work.id = job.work_id
JOIN job_progress AS progress ON progress.job_id = job.id
LEFT JOIN job_step AS latest ON latest.job_id = job.id AND latest.step = progress.step;

CREATE VIEW anneal_job_series WITH (security_invoker = true) AS
SELECT job.external_id AS job_id,
       job.tenant_id   AS tenant,
       job.model,
       step.step,
       step.recorded_at,
       step.epoch,
       step.train_loss,
       step.train_mean_token_accuracy AS train_token_accuracy,
       step.learning_rate,
       step.grad_norm AS gradient_norm,
       step.beta,
       step.tokens,
       step.tokens_per_second,
       validation.loss           AS valid_loss,
       validation.token_accuracy AS valid_token_accuracy,
       validation.beta           AS valid_beta,
       step.metrics,
       validation.metrics        AS valid_metrics
FROM job
JOIN job_step AS step ON step.job_id = job.id
LEFT JOIN job_validation AS validation ON validation.job_id = step.job_id AND validation.step = step.step;

GRANT SELECT ON anneal_job, anneal_job_series TO anneal_readonly, anneal_system;

-- Published for other districts, as those of V6: trainings of which an attempt has begun, whether they have ended or not.
CREATE VIEW trained_job WITH (security_invoker = true) AS
SELECT job.id,
       job.tenant_id,
       work.finished_at,
       EXISTS (SELECT FROM checkpoint WHERE checkpoint.job_id = job.id OFFSET 1) AS has_older_checkpoints
FROM job
JOIN work ON work.id = job.work_id
WHERE work.kind = 'TRAIN' AND work.lease_token > 0;

-- Older checkpoints with more than the rest of their job needs: an optimizer's state, or an adapter that is not annealed.
CREATE VIEW spent_checkpoint WITH (security_invoker = true) AS
SELECT old.job_id
FROM checkpoint AS old
JOIN job ON job.id = old.job_id
WHERE (old.resumable OR old.owes_deletion OR old.beta > 0 AND old.step < job.annealed_at_step)
  AND EXISTS (SELECT FROM checkpoint AS newer WHERE newer.job_id = old.job_id AND newer.step > old.step);

-- What of a job's attempts is kept in the artifact store: all (directory is null) until what they left there has been searched, and from then on the folders
-- of its checkpoints, and of the answers with which a training goes on that may be resumed.
CREATE VIEW kept_attempt WITH (security_invoker = true) AS
SELECT job.tenant_id, job.external_id, NULL::text AS directory
FROM job
JOIN work ON work.id = job.work_id
WHERE NOT work.swept
UNION ALL
SELECT job.tenant_id, job.external_id, checkpoint.directory
FROM job
JOIN checkpoint ON checkpoint.job_id = job.id
UNION ALL
SELECT job.tenant_id, job.external_id, job_progress.target_answers
FROM job
JOIN work ON work.id = job.work_id
JOIN job_progress ON job_progress.job_id = job.id
WHERE work.state = 'FAILED' AND work.error ->> 'origin' <> 'USER' AND job_progress.target_answers IS NOT NULL;

CREATE VIEW validated_step WITH (security_invoker = true) AS
SELECT job_id, step, recorded_at, beta, loss, token_accuracy, metrics FROM job_validation;

GRANT SELECT ON trained_job, spent_checkpoint, kept_attempt, validated_step TO anneal_system;
