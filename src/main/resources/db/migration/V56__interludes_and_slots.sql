-- What forecasts need: how long trainings wait for what is no step, and how many of them can run at a time.

ALTER TABLE job_progress
    ADD COLUMN validations        integer          NOT NULL DEFAULT 0,
    ADD COLUMN validation_seconds double precision NOT NULL DEFAULT 0,
    ADD COLUMN checkpoints        integer          NOT NULL DEFAULT 0,
    ADD COLUMN checkpoint_seconds double precision NOT NULL DEFAULT 0;

-- Training slots of the workers that run, a row for each process, which renews it with its heartbeats and deletes it in the end.
CREATE TABLE worker_slots (
    process    text        PRIMARY KEY,
    worker     text        NOT NULL,
    training   integer     NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT worker_slots_are_counted CHECK (training >= 0)
);

GRANT SELECT ON worker_slots TO anneal_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON worker_slots TO anneal_system;
