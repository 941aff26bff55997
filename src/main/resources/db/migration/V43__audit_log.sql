-- Who has changed what, and who was refused. Rows are added, never changed; only what has passed its retention goes.

CREATE TABLE audit_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id  text COLLATE "C" NOT NULL,
    at         timestamptz      NOT NULL,
    -- What was done, such as file.created, or login.failed where nobody knows who asked.
    action     text             NOT NULL,
    outcome    text             NOT NULL,
    status     integer          NOT NULL,
    -- Null where nobody knows.
    actor_kind text,
    actor_id   text,
    -- Tenant of the actor, or the project that an administrator's request is about.
    project    text,
    object     text,
    method     text             NOT NULL,
    path       text             NOT NULL,
    client_ip  text             NOT NULL,
    request_id text             NOT NULL,
    trace_id   text,
    CONSTRAINT audit_log_public_id_is_unique UNIQUE (public_id),
    CONSTRAINT audit_log_outcome_is_known CHECK (outcome IN ('succeeded', 'failed', 'denied')),
    CONSTRAINT audit_log_actor_is_whole CHECK ((actor_kind IS NULL) = (actor_id IS NULL))
);

-- Lists and retention.
CREATE INDEX audit_log_listed ON audit_log (at, public_id);

-- No role of the service may change or delete.
GRANT SELECT, INSERT ON audit_log TO anneal_system;

-- Nor may who has more rights by mistake.
CREATE FUNCTION refuse_change_of_audit_log() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append-only';
END $$;

CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_log();

-- The one way in which rows go: at least 30 days old, and older than what the service is told to keep. It runs as the owner, so
-- who has nothing but the service's login cannot delete a younger row.
CREATE FUNCTION forget_audit_log(kept interval) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM audit_log WHERE at < clock_timestamp() - greatest(kept, interval '30 days') RETURNING 1)
    SELECT count(*) FROM gone
$$;

REVOKE EXECUTE ON FUNCTION forget_audit_log FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_audit_log TO anneal_system;
