-- Pushes of exports to the Hub that the operator has configured, and what came of them.
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
    -- Of the last try; a push that is queued again has one as well.
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

-- db-scheduler's table for pushes. Apart from scheduled_tasks, which processes of other versions read that do not know the task.
CREATE TABLE hub_push_task (
    task_name            text        NOT NULL,
    task_instance        text        NOT NULL,
    task_data            bytea,
    execution_time       timestamptz NOT NULL,
    picked               boolean     NOT NULL,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint      NOT NULL,
    PRIMARY KEY (task_name, task_instance)
);

CREATE INDEX hub_push_task_due ON hub_push_task (execution_time);
CREATE INDEX hub_push_task_heartbeat ON hub_push_task (last_heartbeat);

GRANT SELECT, INSERT, UPDATE, DELETE ON hub_push_task TO anneal_system;
GRANT INSERT ON hub_push_task TO anneal_tenant;

-- A push has a task in the same transaction, so that it is made whatever becomes of the process.
CREATE FUNCTION schedule_hub_push() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hub_push_task (task_name, task_instance, execution_time, picked, version)
    VALUES ('hub-push', NEW.external_id, clock_timestamp(), false, 1);
    RETURN NULL;
END $$;

CREATE TRIGGER push_is_queued AFTER INSERT ON hub_push
    FOR EACH ROW EXECUTE FUNCTION schedule_hub_push();
