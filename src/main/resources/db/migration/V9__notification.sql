-- Notification: webhooks, by which tenants are told how their jobs end, and reports to an MLflow server.

-- Where a tenant wants to be told.
CREATE TABLE webhook_endpoint (
    id                    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id             text        NOT NULL,
    external_id           text COLLATE "C" NOT NULL UNIQUE,
    created_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    name                  text        NOT NULL,
    url                   text        NOT NULL,
    event_types           text[]      NOT NULL,
    -- Why nothing is delivered now; null while it is.
    disabled              text,
    disabled_at           timestamptz,
    -- Sealed by the service; and the last characters of the secret, by which it is recognised.
    secret                text        NOT NULL,
    secret_hint           text        NOT NULL,
    -- Signs beside the new secret until then.
    previous_secret       text,
    previous_secret_until timestamptz,
    CONSTRAINT webhook_endpoint_tenant_is_named CHECK (tenant_id <> ''),
    CONSTRAINT webhook_endpoint_has_events CHECK (cardinality(event_types) > 0),
    CONSTRAINT webhook_endpoint_disabled_for_a_reason
        CHECK (disabled IN ('REQUESTED', 'GONE', 'EXHAUSTED') AND (disabled IS NULL) = (disabled_at IS NULL)),
    CONSTRAINT webhook_endpoint_previous_secret_ends CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
    CONSTRAINT webhook_endpoint_secrets_are_sealed CHECK (secret LIKE 'v1.%' AND previous_secret LIKE 'v1.%')
);

-- The list of a tenant, and its endpoints when a job ends.
CREATE INDEX webhook_endpoint_list ON webhook_endpoint (tenant_id, external_id);

CALL isolate_tenants('webhook_endpoint');

-- One event for one endpoint.
CREATE TABLE webhook_delivery (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id   text        NOT NULL,
    -- The webhook-id of every attempt.
    external_id text COLLATE "C" NOT NULL UNIQUE,
    endpoint_id bigint      NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    event_id    text        NOT NULL,
    event_type  text        NOT NULL,
    -- Id of the job that the event is about.
    subject     text        NOT NULL,
    state       text        NOT NULL DEFAULT 'PENDING',
    -- How often it was asked for: a replay begins another round of tries.
    round       integer     NOT NULL DEFAULT 1,
    -- Tries of this round.
    tries       integer     NOT NULL DEFAULT 0,
    next_try_at timestamptz DEFAULT clock_timestamp(),
    CONSTRAINT webhook_delivery_state_is_known CHECK (state IN ('PENDING', 'DELIVERED', 'FAILED')),
    CONSTRAINT webhook_delivery_tried_again_only_while_pending CHECK ((state = 'PENDING') = (next_try_at IS NOT NULL))
);

-- The deliveries of an endpoint, newest first.
CREATE INDEX webhook_delivery_list ON webhook_delivery (endpoint_id, id);
-- The sweep of old deliveries.
CREATE INDEX webhook_delivery_settled ON webhook_delivery (created_at) WHERE state <> 'PENDING';

CALL isolate_tenants('webhook_delivery');

CREATE TABLE webhook_attempt (
    delivery_id bigint           NOT NULL REFERENCES webhook_delivery ON DELETE CASCADE,
    number      integer          NOT NULL,
    tenant_id   text             NOT NULL,
    started_at  timestamptz      NOT NULL,
    seconds     double precision NOT NULL,
    -- Null if there was no answer.
    status      integer,
    -- Null if it was delivered.
    failure     text,
    PRIMARY KEY (delivery_id, number)
);

CALL isolate_tenants('webhook_attempt');

-- The transaction that makes a delivery pending adds its task, so that it is tried whatever becomes of the process.
CREATE FUNCTION schedule_webhook_delivery() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
    VALUES ('webhook-delivery', NEW.external_id || '/' || NEW.round, clock_timestamp(), false, 1);
    RETURN NULL;
END $$;

CREATE TRIGGER delivery_is_pending AFTER INSERT ON webhook_delivery
    FOR EACH ROW EXECUTE FUNCTION schedule_webhook_delivery();
CREATE TRIGGER delivery_is_pending_again AFTER UPDATE OF round ON webhook_delivery
    FOR EACH ROW EXECUTE FUNCTION schedule_webhook_delivery();

-- The end of a job is told whatever ends it: a worker, a rescue, a request or a check of its files, in this version of the service or another.
CREATE FUNCTION tell_end_of_job() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    event_id   CONSTANT text := 'evt_' || replace(gen_random_uuid()::text, '-', '');
    event_type CONSTANT text := 'fine_tuning.job.' || lower(NEW.state);
BEGIN
    INSERT INTO webhook_delivery (tenant_id, external_id, endpoint_id, event_id, event_type, subject)
    SELECT NEW.tenant_id, 'wh_' || replace(gen_random_uuid()::text, '-', ''), endpoint.id, event_id, event_type, job.external_id
    FROM job
    JOIN webhook_endpoint AS endpoint ON endpoint.tenant_id = NEW.tenant_id
    WHERE job.work_id = NEW.id AND endpoint.disabled IS NULL AND event_type = ANY (endpoint.event_types)
    -- An endpoint that is being deleted is waited for and left out: its deletion must not undo the end of a job.
    FOR KEY SHARE OF endpoint;
    RETURN NULL;
END $$;

CREATE TRIGGER job_ends AFTER UPDATE ON work
    FOR EACH ROW
    WHEN (NEW.kind = 'TRAIN' AND NEW.finished_at IS NOT NULL AND OLD.finished_at IS NULL)
    EXECUTE FUNCTION tell_end_of_job();

-- Runs of an MLflow server: one for each job whose training has started, and how much of the job the server has been told. Empty where none is configured.
CREATE TABLE mlflow_run (
    job_id          bigint      PRIMARY KEY REFERENCES job ON DELETE CASCADE,
    tenant_id       text        NOT NULL,
    state           text        NOT NULL DEFAULT 'OPEN',
    -- The server's ids; null until the run is made.
    experiment_id   text,
    run_id          text,
    has_params      boolean     NOT NULL DEFAULT false,
    -- The last that was sent of each.
    attempt         integer     NOT NULL DEFAULT 0,
    step            integer     NOT NULL DEFAULT 0,
    validation_step integer     NOT NULL DEFAULT -1,
    refusals        integer     NOT NULL DEFAULT 0,
    -- When to go on.
    next_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT mlflow_run_state_is_known CHECK (state IN ('OPEN', 'DONE', 'GIVEN_UP')),
    CONSTRAINT mlflow_run_has_an_experiment CHECK (run_id IS NULL OR experiment_id IS NOT NULL),
    CONSTRAINT mlflow_run_counts CHECK (attempt >= 0 AND step >= 0 AND validation_step >= -1 AND refusals >= 0)
) WITH (fillfactor = 70);

CREATE INDEX mlflow_run_open ON mlflow_run (next_at) WHERE state = 'OPEN';

CALL isolate_tenants('mlflow_run');
REVOKE INSERT, UPDATE, DELETE ON mlflow_run FROM anneal_tenant;

-- Versions of registered models of an MLflow server: one for each export of a job that has a run. Empty where none is configured.
CREATE TABLE mlflow_model_version (
    export_id  bigint      PRIMARY KEY REFERENCES export ON DELETE CASCADE,
    tenant_id  text        NOT NULL,
    state      text        NOT NULL DEFAULT 'OPEN',
    -- Null until the version is made.
    version    text,
    -- As those of mlflow_run.
    refusals   integer     NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT mlflow_model_version_state_is_known CHECK (state IN ('OPEN', 'DONE', 'GIVEN_UP')),
    CONSTRAINT mlflow_model_version_counts CHECK (refusals >= 0)
);

CREATE INDEX mlflow_model_version_open ON mlflow_model_version (next_at) WHERE state = 'OPEN';

CALL isolate_tenants('mlflow_model_version');
REVOKE INSERT, UPDATE, DELETE ON mlflow_model_version FROM anneal_tenant;
