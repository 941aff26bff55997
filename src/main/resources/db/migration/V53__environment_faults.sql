-- Faults of the environment (artifact store, base models, disks, devices) use up no retries: work waits for them, for as long as they last.
ALTER TABLE work
    -- Base model that a worker must have, as id or id@revision; null where it needs none. A worker passes over models that it lacks.
    ADD COLUMN model          text,
    -- What the work waits for: code and message of the newest fault, since when this fault is in its way, and how many attempts it has ended in a row.
    ADD COLUMN waits_for      jsonb,
    ADD COLUMN waits_since    timestamptz,
    ADD COLUMN waits          integer NOT NULL DEFAULT 0,
    -- The worker where that was. Until this time the work is left to the others.
    ADD COLUMN avoided_worker text,
    ADD COLUMN avoided_until  timestamptz,
    ADD CONSTRAINT work_waits_for_something CHECK (
        (waits > 0) = (waits_for IS NOT NULL) AND (waits > 0) = (waits_since IS NOT NULL) AND waits >= 0),
    ADD CONSTRAINT work_wait_is_complete CHECK (waits_for IS NULL OR waits_for ?& ARRAY ['code', 'message', 'origin']),
    ADD CONSTRAINT work_avoids_for_a_time CHECK ((avoided_worker IS NULL) = (avoided_until IS NULL));

-- What each worker says of itself. A row that is older than a minute is that of a worker that is no more.
CREATE TABLE worker_state (
    id             uuid        PRIMARY KEY,
    worker         text        NOT NULL,
    seen_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- How many trainings it can do at a time.
    training_slots integer     NOT NULL,
    -- Why it claims nothing; null while it does.
    fault          jsonb,
    fault_since    timestamptz,
    -- Base models that it lacks.
    lacking_models text[]      NOT NULL DEFAULT '{}',
    CONSTRAINT worker_slots_are_counted CHECK (training_slots >= 0),
    CONSTRAINT worker_fault_has_its_time CHECK ((fault IS NULL) = (fault_since IS NULL))
);

GRANT SELECT ON worker_state TO anneal_tenant, anneal_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON worker_state TO anneal_system;
