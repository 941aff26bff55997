-- Roles of the service, the convention for tables that hold rows of tenants, and the queue.
-- The owner's login runs this. ${applicationLogin} is the login of the running service; it acts through the roles below (SET ROLE).

-- anneal_tenant sees the rows of the tenant that its transaction names, anneal_system those of all, anneal_readonly (Grafana, KEDA) reads.
-- Where the owner's login may not create roles, an administrator creates and grants them before; then nothing is done here.
DO $$
DECLARE
    wanted    text;
    -- From 16 on, who creates a role is a member of it that still may not become it.
    privilege text := CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    FOREACH wanted IN ARRAY ARRAY ['anneal_tenant', 'anneal_system', 'anneal_readonly'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        IF wanted <> 'anneal_readonly' AND NOT pg_has_role('${applicationLogin}', wanted, privilege) THEN
            EXECUTE format('GRANT %I TO %I', wanted, '${applicationLogin}');
        END IF;
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO anneal_tenant, anneal_system, anneal_readonly;

-- The tenant that the transaction works for; null where none is named, so that no row matches.
CREATE FUNCTION current_tenant() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.tenant', true), '');

-- What a migration calls for each table that has a tenant_id. FORCE binds the table's owner as well, who gets no policy: a
-- migration that changes rows does so under SET LOCAL ROLE anneal_system.
CREATE PROCEDURE isolate_tenants(isolated regclass)
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', isolated);
    EXECUTE format('CREATE POLICY rows_of_the_tenant ON %s TO anneal_tenant USING (tenant_id = current_tenant())', isolated);
    EXECUTE format('CREATE POLICY rows_of_all_tenants ON %s TO anneal_system USING (true)', isolated);
    EXECUTE format('CREATE POLICY rows_to_read ON %s FOR SELECT TO anneal_readonly USING (true)', isolated);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO anneal_tenant, anneal_system', isolated);
    EXECUTE format('GRANT SELECT ON %s TO anneal_readonly', isolated);
END $$;

-- The state machine of everything that an engine process does. A job, an export and an evaluation each point to one row.
CREATE TABLE work (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id        text        NOT NULL,
    kind             text        NOT NULL,
    -- What exactly is to be done (supervised, merged, ...): a worker claims only the methods that it knows.
    method           text        NOT NULL,
    state            text        NOT NULL,
    -- 0 goes first.
    priority         smallint    NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Not claimed earlier; a retry moves it into the future.
    run_at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Fencing token: advanced by a claim and by nothing else, so it numbers the attempts as well.
    lease_token      bigint      NOT NULL DEFAULT 0,
    lease_owner      text,
    started_at       timestamptz,
    claimed_at       timestamptz,
    deadline_at      timestamptz,
    finished_at      timestamptz,
    user_retries     integer     NOT NULL DEFAULT 0,
    platform_retries integer     NOT NULL DEFAULT 0,
    wish             text,
    wish_at          timestamptz,
    error            jsonb,
    traceparent      text,
    -- Whether what attempts have left in the artifact store was looked through after the end.
    swept            boolean     NOT NULL DEFAULT false,
    -- Trainings and short work have slots of their own on a worker, so a merge never waits for a training.
    slot             text        NOT NULL GENERATED ALWAYS AS (CASE kind WHEN 'TRAIN' THEN 'TRAINING' ELSE 'LIGHT' END) STORED,
    -- Order among the work of a tenant. A minute of waiting outweighs one level of priority, so nothing starves and nothing is updated
    -- to age it. In UTC, because only arithmetic without time zones may stand in a generated column.
    turn_at          timestamp   NOT NULL GENERATED ALWAYS AS ((run_at AT TIME ZONE 'UTC') + priority * interval '60 seconds') STORED,
    CONSTRAINT work_tenant_is_named CHECK (tenant_id <> ''),
    CONSTRAINT work_kind_is_known CHECK (kind IN ('TRAIN', 'EXPORT', 'EVALUATE')),
    CONSTRAINT work_state_is_known
        CHECK (state IN ('VALIDATING', 'QUEUED', 'PAUSED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    CONSTRAINT work_priority_in_range CHECK (priority BETWEEN 0 AND 9),
    CONSTRAINT work_retries_are_counted CHECK (user_retries >= 0 AND platform_retries >= 0),
    CONSTRAINT work_claimed_exactly_with_a_token
        CHECK ((lease_token > 0) = (claimed_at IS NOT NULL) AND (lease_token > 0) = (started_at IS NOT NULL)),
    CONSTRAINT work_owned_exactly_while_running
        CHECK ((state = 'RUNNING') = (lease_owner IS NOT NULL) AND (state = 'RUNNING') = (deadline_at IS NOT NULL)),
    CONSTRAINT work_running_or_succeeded_only_after_a_claim CHECK (state NOT IN ('RUNNING', 'SUCCEEDED') OR lease_token > 0),
    CONSTRAINT work_finished_exactly_when_final
        CHECK ((state IN ('SUCCEEDED', 'FAILED', 'CANCELLED')) = (finished_at IS NOT NULL)),
    CONSTRAINT work_swept_only_when_final CHECK (NOT swept OR finished_at IS NOT NULL),
    CONSTRAINT work_error_exactly_when_failed CHECK ((state = 'FAILED') = (error IS NOT NULL)),
    CONSTRAINT work_error_is_complete CHECK (error IS NULL OR error ?& ARRAY ['code', 'message', 'origin']),
    -- A pause that a lost worker could not honour stays a wish for the next attempt; a cancellation takes effect at once.
    CONSTRAINT work_wish_fits_the_state
        CHECK (wish IS NULL
            OR (wish = 'CANCEL' AND state = 'RUNNING')
            OR (wish = 'PAUSE' AND state IN ('RUNNING', 'QUEUED'))),
    CONSTRAINT work_wish_has_its_time CHECK ((wish IS NULL) = (wish_at IS NULL))
);

-- The claim: which tenants wait (first columns, skipping from tenant to tenant), and what of one tenant is next.
CREATE INDEX work_queued ON work (slot, tenant_id, turn_at, id) WHERE state = 'QUEUED';
-- The claim's count of what a tenant runs now, and the rescue's scan; small, whatever has finished.
CREATE INDEX work_running ON work (slot, tenant_id) WHERE state = 'RUNNING';
-- The claim's tie-break between tenants: whose last claim is longest ago.
CREATE INDEX work_last_claim ON work (slot, tenant_id, claimed_at) WHERE claimed_at IS NOT NULL;
-- What the last trainings took, for the outlook on those that wait.
CREATE INDEX work_recently_trained ON work (finished_at DESC) WHERE kind = 'TRAIN' AND state = 'SUCCEEDED';
-- Counts of what is unfinished by kind and state, for the meters; small, whatever has finished.
CREATE INDEX work_unfinished ON work (kind, state) WHERE finished_at IS NULL;
-- The sweep of leftovers: empty but for what has just ended.
CREATE INDEX work_unswept ON work (id) WHERE finished_at IS NOT NULL AND NOT swept AND lease_token > 0;

CALL isolate_tenants('work');

-- What heartbeats and steps change, apart from work: narrow rows without an index on a changing column, updated in place (HOT).
CREATE TABLE lease (
    work_id     bigint      PRIMARY KEY REFERENCES work,
    tenant_id   text        NOT NULL,
    lease_token bigint      NOT NULL,
    expires_at  timestamptz NOT NULL,
    -- Without another step by then the attempt counts as hung, whatever its heartbeats say.
    stalls_at   timestamptz NOT NULL,
    step        integer,
    saved_step  integer,
    CONSTRAINT lease_steps_are_counted CHECK (step >= 0 AND saved_step >= 0)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100);

CALL isolate_tenants('lease');

-- What each claim led to, kept with the work.
CREATE TABLE attempt (
    work_id     bigint      NOT NULL REFERENCES work ON DELETE CASCADE,
    lease_token bigint      NOT NULL,
    tenant_id   text        NOT NULL,
    worker      text        NOT NULL,
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    outcome     text,
    step        integer,
    saved_step  integer,
    error       jsonb,
    PRIMARY KEY (work_id, lease_token),
    CONSTRAINT attempt_outcome_is_known
        CHECK (outcome IN ('SUCCEEDED', 'FAILED', 'CANCELLED', 'PAUSED', 'GIVEN_BACK', 'LOST')),
    CONSTRAINT attempt_ends_with_an_outcome CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT attempt_error_exactly_when_failed_or_lost CHECK ((error IS NOT NULL) = (coalesce(outcome, '') IN ('FAILED', 'LOST')))
);

CALL isolate_tenants('attempt');

-- For autoscalers: one row for each class of slot, zero where nothing waits. Trainings that KEDA needs pods for:
--   SELECT queued + running FROM anneal_queue_depth WHERE slot = 'TRAINING'
CREATE VIEW anneal_queue_depth WITH (security_invoker = true) AS
SELECT slots.slot,
       count(*) FILTER (WHERE work.state = 'QUEUED')  AS queued,
       count(*) FILTER (WHERE work.state = 'RUNNING') AS running,
       coalesce(extract(EPOCH FROM clock_timestamp() - min(work.run_at) FILTER (WHERE work.state = 'QUEUED')), 0)::double precision
                                                      AS oldest_queued_seconds
FROM (VALUES ('TRAINING'), ('LIGHT')) AS slots (slot)
LEFT JOIN work ON work.slot = slots.slot AND work.state IN ('QUEUED', 'RUNNING')
GROUP BY slots.slot;

GRANT SELECT ON anneal_queue_depth TO anneal_readonly, anneal_system;
