-- Access: tenants with their keys and quotas, and the audit log.

-- Administrators see tenants as projects.
CREATE TABLE tenant (
    id          text        PRIMARY KEY,
    created_at  timestamptz NOT NULL,
    -- Null: the id is the name.
    name        text,
    -- From then on its keys do not work; what it owns stays.
    archived_at timestamptz,
    CONSTRAINT tenant_id_is_a_name CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    CONSTRAINT tenant_name_is_short CHECK (length(name) BETWEEN 1 AND 200)
);

-- Only the system role: administration is across tenants.
GRANT SELECT, INSERT ON tenant TO anneal_system;
GRANT UPDATE (name, archived_at) ON tenant TO anneal_system;

-- Keys besides those that a process is configured with, which it keeps in its memory.
CREATE TABLE api_key (
    -- SHA-256 in hexadecimal; the key itself is stored nowhere.
    hash         text             PRIMARY KEY,
    -- Null: the key of an administrator.
    tenant_id    text REFERENCES tenant,
    name         text             NOT NULL,
    created_at   timestamptz      NOT NULL,
    -- What the key is called where it must not be shown.
    public_id    text COLLATE "C" NOT NULL DEFAULT 'key_' || replace(gen_random_uuid()::text, '-', ''),
    -- By their names in requests. A process ignores names that it does not know.
    scopes       text[]           NOT NULL DEFAULT ARRAY [
        'files:read', 'files:write', 'jobs:read', 'jobs:write', 'models:read', 'models:write', 'inference', 'webhooks:read', 'webhooks:write'],
    -- The end of the key, by which its owner recognises it.
    last_four    text             NOT NULL DEFAULT '',
    -- To within some minutes, so that using a key seldom writes.
    last_used_at timestamptz,
    expires_at   timestamptz,
    -- The row of a deleted key stays, so that a page of a list that begins after it can still be read.
    revoked_at   timestamptz,
    CONSTRAINT api_key_is_hashed CHECK (hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT api_key_public_id_is_unique UNIQUE (public_id),
    CONSTRAINT api_key_is_good_for_something CHECK (cardinality(scopes) > 0),
    CONSTRAINT api_key_administers_exactly_without_a_tenant CHECK ((tenant_id IS NULL) = ('admin' = ANY (scopes)))
);

-- Lists of a project's keys, and of administrators' keys.
CREATE INDEX api_key_listed ON api_key (tenant_id, created_at, public_id) WHERE revoked_at IS NULL;

-- The tenant of a key is not known before the key is found, so only the system role reads here.
GRANT SELECT, INSERT ON api_key TO anneal_system;
GRANT UPDATE (last_used_at, revoked_at) ON api_key TO anneal_system;

-- Keys with which processes of the installation ask the process that generates, on behalf of a tenant. They make these keys themselves; each is valid for an
-- hour.
CREATE TABLE service_key (
    -- SHA-256 of the key.
    hash       text PRIMARY KEY,
    tenant_id  text        NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX service_key_expires ON service_key (expires_at);

CALL isolate_tenants('service_key');
-- Tenants need none of it.
REVOKE ALL ON service_key FROM anneal_tenant;

-- Links that let a browser download one path without a credential, for some minutes. Any process serves a link that another one has made.
CREATE TABLE download_link (
    -- SHA-256 of the link's secret.
    hash            text PRIMARY KEY,
    tenant_id       text        NOT NULL,
    path            text        NOT NULL,
    -- By its name in requests: what the path requires.
    scope           text        NOT NULL,
    -- Who made the link. One made by a key that has been deleted since is worth nothing.
    credential_kind text        NOT NULL,
    credential_id   text        NOT NULL,
    expires_at      timestamptz NOT NULL
);

CREATE INDEX download_link_expires ON download_link (expires_at);

CALL isolate_tenants('download_link');
-- Tenants need none of it.
REVOKE ALL ON download_link FROM anneal_tenant;

-- What an administrator has allowed a tenant, where that differs from the installation's settings (anneal.quotas.*). Null: the setting.
CREATE TABLE tenant_quota (
    tenant_id                text PRIMARY KEY,
    running_jobs             integer,
    unfinished_jobs          integer,
    upload_bytes             bigint,
    stored_bytes             bigint,
    training_hours_per_month double precision,
    CONSTRAINT tenant_quota_is_no_debt
        CHECK (running_jobs >= 0 AND unfinished_jobs >= 0 AND upload_bytes >= 0 AND stored_bytes >= 0 AND training_hours_per_month >= 0)
);

CALL isolate_tenants('tenant_quota');
-- A tenant reads what it is allowed; administrators decide it.
REVOKE INSERT, UPDATE, DELETE ON tenant_quota FROM anneal_tenant;
-- For the view anneal_queue_demand, which runs with the rights of whoever asks.
GRANT SELECT (tenant_id, running_jobs) ON tenant_quota TO anneal_readonly;

-- Who has changed what, and who was refused. Rows are added and never changed; they go only when their retention has passed.
CREATE TABLE audit_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id  text COLLATE "C" NOT NULL,
    at         timestamptz      NOT NULL,
    -- What was done, such as file.created, or login.failed where it is not known who asked.
    action     text             NOT NULL,
    outcome    text             NOT NULL,
    status     integer          NOT NULL,
    -- Null where the actor is not known.
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
-- Lists of what is rare.
CREATE INDEX audit_log_of_action ON audit_log (action, at);
CREATE INDEX audit_log_of_actor ON audit_log (actor_id, at) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_log_of_project ON audit_log (project, at) WHERE project IS NOT NULL;
CREATE INDEX audit_log_of_object ON audit_log (object, at) WHERE object IS NOT NULL;

-- No role of the service may change or delete rows.
GRANT SELECT, INSERT ON audit_log TO anneal_system;

-- Neither may a role that has been given more rights by mistake.
CREATE FUNCTION refuse_change_of_audit_log() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append-only';
END $$;

CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_log();

-- The only way in which rows go: at least 30 days old, and older than the service is told to keep them; at most so many at once that no time limit of a
-- statement is reached. It runs as the owner, so that the service's login alone cannot delete a younger row.
CREATE FUNCTION forget_audit_log(kept interval, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM audit_log
        -- By their places: any other way would be planned for a tenth of the table.
        WHERE ctid = ANY (ARRAY (
            SELECT ctid
            FROM audit_log
            WHERE at < clock_timestamp() - greatest(kept, interval '30 days')
            ORDER BY at
            LIMIT most
        ))
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;

REVOKE EXECUTE ON FUNCTION forget_audit_log FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_audit_log TO anneal_system;
