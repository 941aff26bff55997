-- Versions of registered models of an MLflow server: one for each export of a job that has a run. Empty where none is configured.
CREATE TABLE mlflow_model_version (
    export_id  bigint      PRIMARY KEY REFERENCES export ON DELETE CASCADE,
    tenant_id  text        NOT NULL,
    state      text        NOT NULL DEFAULT 'OPEN',
    -- Null until the version is made.
    version    text,
    -- As those of mlflow_run.
    refusals   integer     NOT NULL DEFAULT 0,
    claim      bigint      NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT mlflow_model_version_state_is_known CHECK (state IN ('OPEN', 'DONE', 'GIVEN_UP')),
    CONSTRAINT mlflow_model_version_counts CHECK (refusals >= 0)
);

CREATE INDEX mlflow_model_version_open ON mlflow_model_version (next_at) WHERE state = 'OPEN';

CALL isolate_tenants('mlflow_model_version');
REVOKE INSERT, UPDATE, DELETE ON mlflow_model_version FROM anneal_tenant;

-- The search for exports that have no version yet.
CREATE INDEX work_exported ON work (finished_at) WHERE kind = 'EXPORT' AND state = 'SUCCEEDED';
