-- Models: base models from the Hugging Face Hub.

-- Which revision of each this installation uses, and how far its pull is. They belong to no tenant.
CREATE TABLE base_model (
    model_id      text COLLATE "C" PRIMARY KEY,
    -- What was asked for: a branch, a tag or a commit.
    revision      text        NOT NULL,
    -- The commit that the revision was when it was pulled: what jobs are trained on.
    sha           text,
    state         text        NOT NULL,
    requested_at  timestamptz NOT NULL,
    requested_by  text        NOT NULL,
    updated_at    timestamptz NOT NULL,
    bytes_total   bigint,
    bytes_done    bigint,
    license       text,
    error_code    text,
    error_message text,
    CONSTRAINT base_model_state_is_known CHECK (state IN ('PULLING', 'READY', 'FAILED')),
    CONSTRAINT base_model_sha_is_a_commit CHECK (sha ~ '^[0-9a-f]{40}$'),
    CONSTRAINT base_model_ready_at_a_commit CHECK (state <> 'READY' OR sha IS NOT NULL),
    CONSTRAINT base_model_failed_with_a_reason CHECK (num_nulls(error_code, error_message) = CASE state WHEN 'FAILED' THEN 0 ELSE 2 END),
    CONSTRAINT base_model_bytes_are_counted CHECK (bytes_done >= 0 AND bytes_total >= 0)
);

GRANT SELECT, INSERT, UPDATE ON base_model TO anneal_system;

-- The transaction that asks for a pull adds its task, so that it is made whatever becomes of the process.
CREATE FUNCTION schedule_hub_pull() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
    VALUES ('hub-pull', NEW.model_id || '@' || extract(epoch FROM NEW.requested_at), clock_timestamp(), false, 1);
    RETURN NULL;
END $$;

CREATE TRIGGER pull_is_requested AFTER INSERT ON base_model
    FOR EACH ROW WHEN (NEW.state = 'PULLING') EXECUTE FUNCTION schedule_hub_pull();
CREATE TRIGGER pull_is_requested_again AFTER UPDATE OF requested_at ON base_model
    FOR EACH ROW WHEN (NEW.state = 'PULLING') EXECUTE FUNCTION schedule_hub_pull();
