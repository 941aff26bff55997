-- What lies in the artifact store and no row names, since when that is known, and when it was seen last. It belongs to no tenant any more.
CREATE TABLE store_orphan (
    key           text COLLATE "C" PRIMARY KEY,
    bytes         bigint      NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL
);

-- What has been there for long enough to be deleted, oldest first.
CREATE INDEX store_orphan_first_seen ON store_orphan (first_seen_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON store_orphan TO anneal_system;

-- db-scheduler's table for retention: the one task, and which process does it now. Apart from scheduled_tasks, which processes of other versions read that
-- do not know the task.
CREATE TABLE retention_task (
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

GRANT SELECT, INSERT, UPDATE, DELETE ON retention_task TO anneal_system;
