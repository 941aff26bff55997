-- Runs of an MLflow server: one for each job whose training has started, and how much of the job it has been told. Empty where none is configured.
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
    -- Numbers behind these were sent and their arrival is not known: the server is asked what it has before any are sent again.
    step_in_doubt       boolean NOT NULL DEFAULT false,
    validation_in_doubt boolean NOT NULL DEFAULT false,
    refusals        integer     NOT NULL DEFAULT 0,
    -- Advanced by each claim; what an earlier one still writes has no effect.
    claim           bigint      NOT NULL DEFAULT 0,
    -- When to go on; while a process is at it, until when it has the row to itself.
    next_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT mlflow_run_state_is_known CHECK (state IN ('OPEN', 'DONE', 'GIVEN_UP')),
    CONSTRAINT mlflow_run_has_an_experiment CHECK (run_id IS NULL OR experiment_id IS NOT NULL),
    CONSTRAINT mlflow_run_counts CHECK (attempt >= 0 AND step >= 0 AND validation_step >= -1 AND refusals >= 0)
) WITH (fillfactor = 70);

CREATE INDEX mlflow_run_open ON mlflow_run (next_at) WHERE state = 'OPEN';

CALL isolate_tenants('mlflow_run');
REVOKE INSERT, UPDATE, DELETE ON mlflow_run FROM anneal_tenant;

-- The search for trainings that have ended and have no run yet.
CREATE INDEX work_trained ON work (finished_at) WHERE kind = 'TRAIN' AND finished_at IS NOT NULL AND lease_token > 0;
