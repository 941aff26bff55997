-- Results: exports, evaluations, and pushes of exports to the Hub.

-- Of a job's checkpoint, or of an adapter that was uploaded, which has no job. No status is stored here: it is the state of the work item.
CREATE TABLE export (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id       text        NOT NULL,
    external_id     text COLLATE "C" NOT NULL UNIQUE,
    job_id          bigint REFERENCES job,
    checkpoint_id   bigint REFERENCES checkpoint,
    work_id         bigint      NOT NULL UNIQUE REFERENCES work,
    created_at      timestamptz NOT NULL,
    kind            text        NOT NULL,
    -- Element type, by the name that the format has for it: torch's in a Hugging Face directory, ggml's in a GGUF file.
    dtype           text        NOT NULL,
    -- Of a draft, whose servers differ in what they load.
    format          text,
    name            text,
    -- Key in the artifact store, set with the proof when the export is complete.
    directory       text,
    proof           jsonb,
    -- Ids only, as in job: the files may go when the export has been made.
    adapter_file    text,
    adapter_model   text,
    validation_file text,
    -- The commit on the Hub that the base model is: that of the job, or, without one, the commit that was current when the export was asked for. A branch that
    -- moves before a worker begins changes nothing.
    base_revision   text,
    CONSTRAINT export_kind_is_known CHECK (kind IN ('merged', 'adapter', 'gguf', 'draft', 'training_state')),
    CONSTRAINT export_dtype_is_known CHECK (
        CASE kind
            WHEN 'gguf' THEN dtype IN ('f32', 'f16', 'bf16', 'q8_0')
            ELSE dtype IN ('base', 'float32', 'bfloat16', 'float16')
        END),
    CONSTRAINT export_format_is_known CHECK (format IN ('huggingface', 'speculators', 'eagle')),
    CONSTRAINT export_of_a_draft_has_a_format CHECK ((kind = 'draft') = (format IS NOT NULL)),
    CONSTRAINT export_is_complete_with_its_proof CHECK ((directory IS NULL) = (proof IS NULL)),
    CONSTRAINT export_is_of_a_checkpoint_or_an_adapter CHECK (
        (job_id IS NULL) = (checkpoint_id IS NULL)
        AND (job_id IS NULL) = (adapter_file IS NOT NULL)
        AND (adapter_file IS NULL) = (adapter_model IS NULL)
        AND (validation_file IS NULL OR adapter_file IS NOT NULL)),
    CONSTRAINT export_of_an_adapter_is_deployable CHECK (adapter_file IS NULL OR kind IN ('merged', 'adapter', 'gguf')),
    CONSTRAINT export_base_revision_is_a_commit CHECK (base_revision ~ '^[0-9a-f]{40}$')
);

-- The exports of a job, newest first, and an earlier export with the same arguments.
CREATE INDEX export_list ON export (job_id, external_id);
-- The exports of a tenant that belong to no job, newest first.
CREATE INDEX export_of_no_job ON export (tenant_id, external_id) WHERE job_id IS NULL;
-- A checkpoint that an export or an evaluation refers to is not deleted.
CREATE INDEX export_checkpoint ON export (checkpoint_id);
-- An earlier export with the same arguments, and unfinished exports that use a file.
CREATE INDEX export_adapter_file ON export (adapter_file) WHERE adapter_file IS NOT NULL;
CREATE INDEX export_validation_file ON export (validation_file) WHERE validation_file IS NOT NULL;

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

-- What a tenant stores.
CREATE INDEX export_file_of_tenant ON export_file (tenant_id) INCLUDE (bytes);

CALL isolate_tenants('export_file');

-- No status is stored here: it is the state of the work item.
CREATE TABLE evaluation (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id      text        NOT NULL,
    external_id    text COLLATE "C" NOT NULL,
    work_id        bigint      NOT NULL UNIQUE REFERENCES work,
    created_at     timestamptz NOT NULL,
    -- What the client named: a model or an export.
    subject        text        NOT NULL,
    -- The base model behind it: with the adapter of a checkpoint, or as an export made it, or as it is.
    base_model     text        NOT NULL,
    checkpoint_id  bigint REFERENCES checkpoint,
    -- An evaluation that has ended outlives the export that it was made of.
    export_id      bigint REFERENCES export ON DELETE SET NULL,
    test_file      text        NOT NULL,
    max_new_tokens integer     NOT NULL,
    sample_rows    integer     NOT NULL,
    row_count      integer,
    exact_matches  integer,
    samples        jsonb,
    -- How completions are sampled and graded, and the result of grading; null where answers are compared.
    grading        jsonb,
    metrics        jsonb,
    -- As that of export.
    base_revision  text,
    -- As that of job.
    CONSTRAINT evaluation_external_id_is_unique UNIQUE (tenant_id, external_id),
    CONSTRAINT evaluation_has_one_subject CHECK (checkpoint_id IS NULL OR export_id IS NULL),
    -- Answers are compared or completions graded.
    CONSTRAINT evaluation_result_is_complete
        CHECK ((row_count IS NULL) = (samples IS NULL)
            AND (exact_matches IS NOT NULL) = (row_count IS NOT NULL AND grading IS NULL)
            AND (metrics IS NOT NULL) = (row_count IS NOT NULL AND grading IS NOT NULL)),
    CONSTRAINT evaluation_matches_are_rows CHECK (exact_matches BETWEEN 0 AND row_count),
    CONSTRAINT evaluation_grading_is_complete
        CHECK (grading IS NULL OR grading ?& ARRAY ['grader', 'completions', 'temperature', 'seed']),
    CONSTRAINT evaluation_base_revision_is_a_commit CHECK (base_revision ~ '^[0-9a-f]{40}$')
);

CREATE INDEX evaluation_external_id ON evaluation USING hash (external_id);
-- A file of an unfinished evaluation is not deleted, nor is a checkpoint or an export that is being evaluated.
CREATE INDEX evaluation_test_file ON evaluation (test_file);
CREATE INDEX evaluation_checkpoint ON evaluation (checkpoint_id) WHERE checkpoint_id IS NOT NULL;
CREATE INDEX evaluation_export ON evaluation (export_id) WHERE export_id IS NOT NULL;

CALL isolate_tenants('evaluation');

-- Pushes of exports to the Hub that the operator has configured, and their results.
CREATE TABLE hub_push (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id      text        NOT NULL,
    external_id    text COLLATE "C" NOT NULL UNIQUE,
    export_id      bigint      NOT NULL REFERENCES export ON DELETE CASCADE,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at    timestamptz,
    repo           text        NOT NULL,
    private        boolean     NOT NULL,
    revision       text        NOT NULL,
    commit_message text        NOT NULL,
    state          text        NOT NULL DEFAULT 'QUEUED',
    tries          integer     NOT NULL DEFAULT 0,
    commit_sha     text,
    commit_url     text,
    -- Of the last try; a push that is queued again keeps it.
    error_code     text,
    error_message  text,
    CONSTRAINT hub_push_state_is_known CHECK (state IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED')),
    CONSTRAINT hub_push_ended_at_some_time CHECK ((state IN ('SUCCEEDED', 'FAILED')) = (finished_at IS NOT NULL)),
    CONSTRAINT hub_push_succeeded_with_a_commit CHECK ((state = 'SUCCEEDED') = (commit_sha IS NOT NULL)),
    CONSTRAINT hub_push_failed_with_a_reason
        CHECK ((error_code IS NULL) = (error_message IS NULL) AND (state <> 'FAILED' OR error_code IS NOT NULL))
);

-- The pushes of an export, newest first.
CREATE INDEX hub_push_list ON hub_push (export_id, id);
-- How many of a tenant have not ended; small.
CREATE INDEX hub_push_open ON hub_push (tenant_id) WHERE finished_at IS NULL;

CALL isolate_tenants('hub_push');

-- The transaction that adds a push adds its task, so that the push is made whatever becomes of the process.
CREATE FUNCTION schedule_hub_push() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
    VALUES ('hub-push', NEW.external_id, clock_timestamp(), false, 1);
    RETURN NULL;
END $$;

CREATE TRIGGER push_is_queued AFTER INSERT ON hub_push
    FOR EACH ROW EXECUTE FUNCTION schedule_hub_push();

-- Published for other districts, as those of V6: exports that are complete.
CREATE VIEW finished_export WITH (security_invoker = true) AS
SELECT export.id,
       export.external_id,
       export.tenant_id,
       export.job_id,
       export.kind,
       export.dtype,
       work.finished_at
FROM export
JOIN work ON work.id = export.work_id
WHERE work.kind = 'EXPORT' AND work.state = 'SUCCEEDED';

-- What of an export's attempts is kept in the artifact store: all (directory is null) until what they left there has been searched, and then its folder.
CREATE VIEW kept_export WITH (security_invoker = true) AS
SELECT export.tenant_id, export.external_id, CASE WHEN work.swept THEN export.directory END AS directory
FROM export
JOIN work ON work.id = export.work_id
WHERE NOT work.swept OR export.directory IS NOT NULL;

GRANT SELECT ON finished_export, kept_export TO anneal_system;
