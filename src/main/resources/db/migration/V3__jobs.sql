-- What clients see of training, exporting and evaluating. No status stands here: a row's status is the state of its work item.

CREATE TABLE job (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id        text        NOT NULL,
    -- Sorts as made, so it is the cursor of lists as well.
    external_id      text COLLATE "C" NOT NULL UNIQUE,
    work_id          bigint      NOT NULL UNIQUE REFERENCES work,
    created_at       timestamptz NOT NULL,
    model            text        NOT NULL,
    -- Ids only: files may go when the job has ended, and the job still names them.
    training_file    text        NOT NULL,
    validation_file  text,
    seed             integer     NOT NULL,
    metadata         jsonb       NOT NULL,
    -- What the client asked for, each value valid in itself.
    request          jsonb       NOT NULL,
    -- What it became once the files were counted; null until then.
    settings         jsonb,
    total_steps      integer,
    annealed_at_step integer,
    idempotency_key  text,
    body_digest      text        NOT NULL,
    -- Both set by the training's completion.
    trained_tokens   bigint,
    result_file      text,
    CONSTRAINT job_settings_are_complete
        CHECK ((settings IS NULL) = (total_steps IS NULL) AND (settings IS NULL) = (annealed_at_step IS NULL)),
    CONSTRAINT job_anneals_within_its_steps CHECK (annealed_at_step BETWEEN 0 AND total_steps),
    CONSTRAINT job_result_needs_settings
        CHECK ((trained_tokens IS NULL) = (result_file IS NULL) AND (result_file IS NULL OR settings IS NOT NULL)),
    CONSTRAINT job_seed_in_range CHECK (seed >= 0),
    -- A key that a client sends again means the same job.
    CONSTRAINT job_idempotency_key_is_used_once UNIQUE (tenant_id, idempotency_key)
);

-- The list of a tenant, newest first.
CREATE INDEX job_list ON job (tenant_id, external_id);
-- A request that an SDK sends again without a key is found by what it says.
CREATE INDEX job_body ON job (tenant_id, body_digest, created_at);
-- A file of an unfinished job is not deleted.
CREATE INDEX job_training_file ON job (training_file);
CREATE INDEX job_validation_file ON job (validation_file) WHERE validation_file IS NOT NULL;

CALL isolate_tenants('job');

-- What each step changes: one narrow row a job, updated in place (HOT). Its row lock puts a job's events in one order.
CREATE TABLE job_progress (
    job_id    bigint  PRIMARY KEY REFERENCES job ON DELETE CASCADE,
    tenant_id text    NOT NULL,
    -- Number of the newest event.
    events    integer NOT NULL DEFAULT 0,
    -- Step of the current attempt, which may be less than an earlier one reached.
    step      integer NOT NULL DEFAULT 0,
    CONSTRAINT job_progress_counts CHECK (events >= 0 AND step >= 0)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100);

CALL isolate_tenants('job_progress');

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
    job_id            bigint           NOT NULL REFERENCES job ON DELETE CASCADE,
    step              integer          NOT NULL,
    tenant_id         text             NOT NULL,
    recorded_at       timestamptz      NOT NULL,
    epoch             double precision NOT NULL,
    loss              double precision,
    token_accuracy    double precision,
    learning_rate     double precision NOT NULL,
    gradient_norm     double precision,
    beta              double precision NOT NULL,
    trained_tokens    bigint           NOT NULL,
    tokens            bigint           NOT NULL,
    tokens_per_second double precision NOT NULL,
    seconds           double precision NOT NULL,
    PRIMARY KEY (job_id, step),
    CONSTRAINT job_step_counts CHECK (step > 0),
    CONSTRAINT job_step_beta_is_a_share CHECK (beta BETWEEN 0 AND 1)
);

CALL isolate_tenants('job_step');

CREATE TABLE job_validation (
    job_id         bigint           NOT NULL REFERENCES job ON DELETE CASCADE,
    step           integer          NOT NULL,
    tenant_id      text             NOT NULL,
    recorded_at    timestamptz      NOT NULL,
    beta           double precision NOT NULL,
    loss           double precision,
    token_accuracy double precision,
    PRIMARY KEY (job_id, step)
);

CALL isolate_tenants('job_validation');

CREATE TABLE checkpoint (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id   text             NOT NULL,
    external_id text COLLATE "C" NOT NULL UNIQUE,
    job_id      bigint           NOT NULL REFERENCES job ON DELETE CASCADE,
    created_at  timestamptz      NOT NULL,
    step        integer          NOT NULL,
    beta        double precision NOT NULL,
    -- Key in the artifact store. A later attempt that reaches the same step puts its own folder here.
    directory   text             NOT NULL,
    bytes       bigint           NOT NULL,
    CONSTRAINT checkpoint_step_is_saved_once UNIQUE (job_id, step),
    CONSTRAINT checkpoint_beta_is_a_share CHECK (beta BETWEEN 0 AND 1)
);

CALL isolate_tenants('checkpoint');

-- The name that a finished training gave to its adapter. A deleted name stays: it must never come to mean something else.
CREATE TABLE tuned_model (
    name       text COLLATE "C" PRIMARY KEY,
    tenant_id  text        NOT NULL,
    job_id     bigint      NOT NULL UNIQUE REFERENCES job,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);

CREATE INDEX tuned_model_list ON tuned_model (tenant_id, created_at) WHERE deleted_at IS NULL;

CALL isolate_tenants('tuned_model');

CREATE TABLE export (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id     text        NOT NULL,
    external_id   text COLLATE "C" NOT NULL UNIQUE,
    job_id        bigint      NOT NULL REFERENCES job,
    checkpoint_id bigint      NOT NULL REFERENCES checkpoint,
    work_id       bigint      NOT NULL UNIQUE REFERENCES work,
    created_at    timestamptz NOT NULL,
    kind          text        NOT NULL,
    dtype         text        NOT NULL,
    name          text,
    -- Key in the artifact store, set with the proof when the export is complete.
    directory     text,
    proof         jsonb,
    CONSTRAINT export_kind_is_known CHECK (kind IN ('merged', 'adapter', 'training_state')),
    CONSTRAINT export_dtype_is_known CHECK (dtype IN ('base', 'fp32', 'bf16')),
    CONSTRAINT export_is_complete_with_its_proof CHECK ((directory IS NULL) = (proof IS NULL))
);

-- The exports of a job, newest first, and the one that the same arguments made before.
CREATE INDEX export_list ON export (job_id, external_id);
-- A checkpoint that an export or an evaluation refers to is not deleted.
CREATE INDEX export_checkpoint ON export (checkpoint_id);

CALL isolate_tenants('export');

CREATE TABLE export_file (
    export_id bigint NOT NULL REFERENCES export ON DELETE CASCADE,
    name      text   NOT NULL,
    tenant_id text   NOT NULL,
    bytes     bigint NOT NULL,
    sha256    text   NOT NULL,
    PRIMARY KEY (export_id, name),
    CONSTRAINT export_file_digest_is_hexadecimal CHECK (sha256 ~ '^[0-9a-f]{64}$')
);

CALL isolate_tenants('export_file');

CREATE TABLE evaluation (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id      text        NOT NULL,
    external_id    text COLLATE "C" NOT NULL UNIQUE,
    work_id        bigint      NOT NULL UNIQUE REFERENCES work,
    created_at     timestamptz NOT NULL,
    -- What the client named: a model or an export.
    subject        text        NOT NULL,
    -- The base model behind it, with the adapter of a checkpoint, or as an export made it, or as it is.
    base_model     text        NOT NULL,
    checkpoint_id  bigint REFERENCES checkpoint,
    export_id      bigint REFERENCES export,
    test_file      text        NOT NULL,
    max_new_tokens integer     NOT NULL,
    sample_rows    integer     NOT NULL,
    row_count      integer,
    exact_matches  integer,
    samples        jsonb,
    CONSTRAINT evaluation_has_one_subject CHECK (checkpoint_id IS NULL OR export_id IS NULL),
    CONSTRAINT evaluation_result_is_complete
        CHECK ((row_count IS NULL) = (exact_matches IS NULL) AND (row_count IS NULL) = (samples IS NULL)),
    CONSTRAINT evaluation_matches_are_rows CHECK (exact_matches BETWEEN 0 AND row_count)
);

-- A file of an unfinished evaluation is not deleted.
CREATE INDEX evaluation_test_file ON evaluation (test_file);
CREATE INDEX evaluation_checkpoint ON evaluation (checkpoint_id) WHERE checkpoint_id IS NOT NULL;

CALL isolate_tenants('evaluation');

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
       latest.loss AS train_loss,
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
       step.loss           AS train_loss,
       step.token_accuracy AS train_token_accuracy,
       step.learning_rate,
       step.gradient_norm,
       step.beta,
       step.tokens,
       step.tokens_per_second,
       validation.loss           AS valid_loss,
       validation.token_accuracy AS valid_token_accuracy,
       validation.beta           AS valid_beta
FROM job
JOIN job_step AS step ON step.job_id = job.id
LEFT JOIN job_validation AS validation ON validation.job_id = step.job_id AND validation.step = step.step;

GRANT SELECT ON anneal_job, anneal_job_series TO anneal_readonly, anneal_system;
