-- Queue: work with its leases and attempts, what workers say of themselves, and what autoscalers ask.

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
    -- The other half of the fence: random for each claim, because a failover to a replica without the last commits gives out tokens again.
    lease_nonce      uuid        NOT NULL DEFAULT gen_random_uuid(),
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
    -- Whether the artifact store has been searched, after the end, for what the attempts left there.
    swept            boolean     NOT NULL DEFAULT false,
    -- Trainings and short work have separate slots on a worker, so that a merge never waits for a training.
    slot             text        NOT NULL GENERATED ALWAYS AS (CASE kind WHEN 'TRAIN' THEN 'TRAINING' ELSE 'LIGHT' END) STORED,
    -- Order among the work of a tenant. A minute of waiting outweighs one level of priority, so nothing starves and no row is updated
    -- as it ages. In UTC, because a generated column may contain only arithmetic without time zones.
    turn_at          timestamp   NOT NULL GENERATED ALWAYS AS ((run_at AT TIME ZONE 'UTC') + priority * interval '60 seconds') STORED,
    -- Base models that a worker must have, as id or id@revision. A worker passes over work if it lacks one of them.
    models           text[]      NOT NULL DEFAULT '{}',
    -- Devices that do the work together, and whether they must be of one worker.
    devices          integer     NOT NULL DEFAULT 1,
    one_worker       boolean     NOT NULL DEFAULT false,
    -- Faults of the environment (artifact store, base models, disks, devices) use up no retries: work waits for as long as they last.
    -- What it waits for: code and message of the newest fault, since when this fault is in its way, and how many attempts in a row it has ended.
    waits_for        jsonb,
    waits_since      timestamptz,
    waits            integer     NOT NULL DEFAULT 0,
    -- The worker on which that happened, and until when the work is left to other workers.
    avoided_worker   text,
    avoided_until    timestamptz,
    CONSTRAINT work_tenant_is_named CHECK (tenant_id <> ''),
    CONSTRAINT work_kind_is_known CHECK (kind IN ('TRAIN', 'EXPORT', 'EVALUATE')),
    CONSTRAINT work_state_is_known
        CHECK (state IN ('VALIDATING', 'QUEUED', 'PAUSED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
    CONSTRAINT work_priority_in_range CHECK (priority BETWEEN 0 AND 9),
    CONSTRAINT work_needs_a_device CHECK (devices >= 1 AND (devices = 1 OR kind = 'TRAIN')),
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
    CONSTRAINT work_wish_has_its_time CHECK ((wish IS NULL) = (wish_at IS NULL)),
    CONSTRAINT work_waits_for_something CHECK (
        (waits > 0) = (waits_for IS NOT NULL) AND (waits > 0) = (waits_since IS NOT NULL) AND waits >= 0),
    CONSTRAINT work_wait_is_complete CHECK (waits_for IS NULL OR waits_for ?& ARRAY ['code', 'message', 'origin']),
    CONSTRAINT work_avoids_for_a_time CHECK ((avoided_worker IS NULL) = (avoided_until IS NULL))
);

-- The claim: which tenants wait (first columns, skipping from tenant to tenant), and what of one tenant is next.
CREATE INDEX work_queued ON work (slot, tenant_id, turn_at, id) WHERE state = 'QUEUED';
-- The claim's count of the devices that a tenant uses now, and the rescue's scan; small, however much has finished.
CREATE INDEX work_running ON work (slot, tenant_id) INCLUDE (devices) WHERE state = 'RUNNING';
-- The claim's tie-break between tenants: whose last claim is longest ago.
CREATE INDEX work_last_claim ON work (slot, tenant_id, claimed_at) WHERE claimed_at IS NOT NULL;
-- How long the last trainings took, for the outlook on those that wait.
CREATE INDEX work_recently_trained ON work (finished_at DESC) WHERE kind = 'TRAIN' AND state = 'SUCCEEDED';
-- Counts of what is unfinished by kind and state, for the meters; small, however much has finished.
CREATE INDEX work_unfinished ON work (kind, state) WHERE finished_at IS NULL;
-- The sweep of leftovers: empty but for what has just ended.
CREATE INDEX work_unswept ON work (id) WHERE finished_at IS NOT NULL AND NOT swept AND lease_token > 0;
-- The search for trainings that have ended and have no run in MLflow yet.
CREATE INDEX work_trained ON work (finished_at) WHERE kind = 'TRAIN' AND finished_at IS NOT NULL AND lease_token > 0;
-- The search for exports that have no model version in MLflow yet.
CREATE INDEX work_exported ON work (finished_at) WHERE kind = 'EXPORT' AND state = 'SUCCEEDED';
-- The trainings of a tenant with a method and in a state, newest first: filters of the list of jobs, and the counts of its jobs by state.
CREATE INDEX work_trainings ON work (tenant_id, method, state, id) WHERE kind = 'TRAIN';

CALL isolate_tenants('work');
-- For the views below and those on jobs.
GRANT SELECT (id, tenant_id, method, slot, state, devices, one_worker, run_at, started_at, finished_at, error) ON work TO anneal_readonly;

-- What heartbeats and steps change, apart from work: narrow rows without an index on a changing column, updated in place (HOT).
CREATE TABLE lease (
    work_id     bigint      PRIMARY KEY REFERENCES work,
    tenant_id   text        NOT NULL,
    -- The worker's process that holds it: an id of worker_state.
    process     uuid        NOT NULL,
    -- Where the engine processes of several workers meet: tcp://host:port, once the holder has opened it.
    meeting     text,
    expires_at  timestamptz NOT NULL,
    -- Without another step by then the attempt counts as hung, whatever its heartbeats say.
    stalls_at   timestamptz NOT NULL,
    step        integer,
    saved_step  integer,
    -- Number of the newest batch of progress that is written. A worker that got no answer repeats a batch with its number.
    batch       bigint      NOT NULL DEFAULT 0,
    CONSTRAINT lease_steps_are_counted CHECK (step >= 0 AND saved_step >= 0)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100);

CALL isolate_tenants('lease');

-- Devices of other workers of the holder's group that take part in an attempt. The rows go with its lease.
CREATE TABLE membership (
    work_id     bigint      NOT NULL REFERENCES work ON DELETE CASCADE,
    tenant_id   text        NOT NULL,
    lease_token bigint      NOT NULL,
    lease_nonce uuid        NOT NULL,
    process     uuid        NOT NULL,
    -- The member's first rank; each of its devices is a rank.
    first_rank  integer     NOT NULL,
    devices     integer     NOT NULL,
    -- When the member took its devices, and when it had the attempt's inputs.
    joined_at   timestamptz,
    ready_at    timestamptz,
    -- Why it cannot take part any more.
    error       jsonb,
    PRIMARY KEY (work_id, first_rank),
    CONSTRAINT membership_has_ranks CHECK (first_rank >= 1 AND devices >= 1),
    CONSTRAINT membership_is_ready_after_joining CHECK (ready_at IS NULL OR joined_at IS NOT NULL),
    CONSTRAINT membership_error_is_complete CHECK (error IS NULL OR error ?& ARRAY ['code', 'message', 'origin'])
);

-- What a worker takes part in.
CREATE INDEX membership_of_process ON membership (process);

CALL isolate_tenants('membership');

-- What each claim led to, kept with the work.
CREATE TABLE attempt (
    work_id     bigint      NOT NULL REFERENCES work ON DELETE CASCADE,
    lease_token bigint      NOT NULL,
    lease_nonce uuid        NOT NULL,
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

-- How long a tenant has trained this month: attempts that have not ended, or ended lately.
CREATE INDEX attempt_of_tenant ON attempt (tenant_id, ended_at);
-- Whether a worker lost several items at once.
CREATE INDEX attempt_lost ON attempt (worker, ended_at) WHERE outcome = 'LOST';

CALL isolate_tenants('attempt');

-- Secrets within stored documents, such as the headers of a job's grader: each is sealed in a row of its own, and the document holds its id.
CREATE TABLE sealed_value (
    id        text COLLATE "C" PRIMARY KEY,
    tenant_id text   NOT NULL,
    -- The work that needs it, and with which it goes.
    work_id   bigint NOT NULL REFERENCES work ON DELETE CASCADE,
    sealed    text   NOT NULL
);

CREATE INDEX sealed_value_of_work ON sealed_value (work_id);

CALL isolate_tenants('sealed_value');

-- What each worker says of itself. A row older than a minute belongs to a worker that is gone.
CREATE TABLE worker_state (
    id             uuid        PRIMARY KEY,
    worker         text        NOT NULL,
    -- Workers of one group train jobs together that need more devices than each of them has; empty: this one alone.
    worker_group   text        NOT NULL DEFAULT '',
    started_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Of Anneal.
    version        text        NOT NULL,
    -- How it sets up trainings, for estimates: {device, precision, multipliesBf16Fast, threads}.
    engine         jsonb       NOT NULL,
    -- How many devices it has for trainings; less while an engine process cannot be ended, which holds its device.
    training_slots integer     NOT NULL,
    -- Whether it takes further work: not once it has all that it is allowed to (anneal.worker.max-work).
    takes_work     boolean     NOT NULL DEFAULT true,
    -- Why it claims nothing; null while it claims.
    fault          jsonb,
    fault_since    timestamptz,
    -- Base models that it lacks.
    lacking_models text[]      NOT NULL DEFAULT '{}',
    CONSTRAINT worker_slots_are_counted CHECK (training_slots >= 0),
    CONSTRAINT worker_fault_has_its_time CHECK ((fault IS NULL) = (fault_since IS NULL))
);

GRANT SELECT ON worker_state TO anneal_tenant, anneal_readonly;
GRANT SELECT, INSERT, UPDATE, DELETE ON worker_state TO anneal_system;

-- Running workers, with the number of devices of the workers of their group that compute alike, in the same version. A worker with a group reports every 5 s, so that others soon notice that it is gone.
CREATE VIEW running_worker WITH (security_invoker = true) AS
SELECT worker_state.*,
       arithmetic,
       seen_at > clock_timestamp() - interval '20 seconds'                                      AS seen_lately,
       CASE worker_group WHEN '' THEN training_slots ELSE sum(training_slots) OVER pool END AS pooled_slots
FROM worker_state
CROSS JOIN LATERAL (
    SELECT concat_ws(' ', split_part(engine ->> 'device', ':', 1), engine ->> 'precision', engine ->> 'multipliesBf16Fast', version) AS arithmetic
) AS kind
WHERE seen_at > clock_timestamp() - interval '1 minute'
WINDOW pool AS (PARTITION BY worker_group, arithmetic);

GRANT SELECT ON running_worker TO anneal_tenant, anneal_system;

-- Each running worker with those whose devices it can take for a training: itself, and of its group those that compute alike, have no fault, and lack no model
-- that it has.
CREATE VIEW pooled_worker WITH (security_invoker = true) AS
SELECT own.id AS own, peer.*
FROM running_worker AS own
JOIN running_worker AS peer
  ON peer.id = own.id
  OR own.worker_group <> '' AND peer.worker_group = own.worker_group AND peer.arithmetic = own.arithmetic
     AND peer.fault IS NULL AND peer.lacking_models <@ own.lacking_models;

GRANT SELECT ON pooled_worker TO anneal_tenant, anneal_system;

-- Devices of running workers that no training uses and that they give to one. A worker's own count differs for a moment when a training begins or ends.
CREATE VIEW free_devices WITH (security_invoker = true) AS
SELECT id,
       CASE WHEN takes_work THEN
           greatest(0, training_slots
                       - coalesce((SELECT sum(work.devices - coalesce((SELECT sum(membership.devices)
                                                                       FROM membership
                                                                       WHERE membership.work_id = work.id), 0))
                                   FROM lease
                                   JOIN work ON work.id = lease.work_id
                                   WHERE lease.process = running_worker.id AND work.slot = 'TRAINING'), 0)
                       - coalesce((SELECT sum(membership.devices)
                                   FROM membership
                                   WHERE membership.process = running_worker.id), 0))::integer
       ELSE 0 END AS free
FROM running_worker;

GRANT SELECT ON free_devices TO anneal_system;

-- All that waits or runs: one row for each class of slot, zero where there is nothing.
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

-- The rest answers autoscalers: how many workers have something to do. anneal_queue_depth shows more than that: work of tenants that run as much as they may,
-- work whose retry is not due, and work of methods that no worker of this version knows cannot be claimed, and pods started for it would only wait.

-- For each tenant, slot, method, number of devices that each item takes, and whether they must be of one worker: how many devices what is due and what runs
-- needs, how many items are due, and how many trainings the tenant may run if an administrator has decided it. A training on several devices counts for each of
-- them.
CREATE VIEW anneal_queue_demand WITH (security_invoker = true) AS
SELECT work.tenant_id                                                                           AS tenant,
       work.slot,
       work.method,
       work.devices,
       work.one_worker,
       coalesce(sum(work.devices) FILTER (WHERE work.state = 'QUEUED' AND work.run_at <= clock_timestamp()), 0) AS due,
       coalesce(sum(work.devices) FILTER (WHERE work.state = 'RUNNING'), 0)                      AS running,
       count(*) FILTER (WHERE work.state = 'QUEUED' AND work.run_at <= clock_timestamp())        AS due_items,
       CASE work.slot WHEN 'TRAINING' THEN tenant_quota.running_jobs END                         AS running_limit
FROM work
LEFT JOIN tenant_quota ON tenant_quota.tenant_id = work.tenant_id
WHERE work.state IN ('QUEUED', 'RUNNING')
GROUP BY work.tenant_id, work.slot, work.method, work.devices, work.one_worker, tenant_quota.running_jobs;

GRANT SELECT ON anneal_queue_demand TO anneal_readonly, anneal_system;

-- By the rules of the claim: one row for each class of slot, zero where there is nothing. claimable and running count devices, claimable_items and
-- running_items count items.
-- running_limit is anneal.queue.tenant-running-limit; methods are those that workers know. worker_devices is the number of devices that each worker of a group
-- has: an item then counts for each worker that it takes, and not at all if it must be of one that has not enough. Null is without groups, where one worker
-- does an item.
CREATE FUNCTION anneal_demand(running_limit bigint, methods text[], worker_devices integer DEFAULT NULL)
    RETURNS TABLE (slot text, claimable bigint, running bigint, claimable_items bigint, running_items bigint)
    LANGUAGE sql STABLE AS $$
    WITH demand AS (
        SELECT * FROM anneal_queue_demand
    ), tenants AS (
        SELECT demand.tenant,
               demand.slot,
               sum(demand.running) AS running,
               greatest(coalesce(max(demand.running_limit), anneal_demand.running_limit) - sum(demand.running), 0) AS room
        FROM demand
        GROUP BY demand.tenant, demand.slot
    ), sizes AS (
        -- What needs more devices than the tenant may still use cannot be claimed.
        SELECT tenants.tenant,
               tenants.slot,
               demand.devices,
               CASE WHEN worker_devices IS NULL THEN 1
                    WHEN demand.one_worker THEN (demand.devices <= worker_devices)::integer
                    ELSE (demand.devices + worker_devices - 1) / worker_devices END AS workers,
               least(coalesce(sum(demand.due_items) FILTER (WHERE demand.method = ANY (anneal_demand.methods)), 0),
                     div(tenants.room, demand.devices))                             AS items,
               div(sum(demand.running), demand.devices)                             AS running
        FROM demand
        JOIN tenants ON tenants.tenant = demand.tenant AND tenants.slot = demand.slot
        GROUP BY tenants.tenant, tenants.slot, tenants.room, demand.devices, demand.one_worker
    ), claimable AS (
        SELECT tenants.slot,
               tenants.running,
               least(coalesce(sum(sizes.items * sizes.devices) FILTER (WHERE sizes.workers > 0), 0), tenants.room) AS devices,
               least(coalesce(sum(sizes.items * sizes.workers), 0), tenants.room) AS items,
               coalesce(sum(sizes.running * sizes.workers), 0)                    AS running_items
        FROM tenants
        LEFT JOIN sizes ON sizes.tenant = tenants.tenant AND sizes.slot = tenants.slot
        GROUP BY tenants.tenant, tenants.slot, tenants.running, tenants.room
    )
    SELECT slots.slot,
           coalesce(sum(claimable.devices), 0)::bigint,
           coalesce(sum(claimable.running), 0)::bigint,
           coalesce(sum(claimable.items), 0)::bigint,
           coalesce(sum(claimable.running_items), 0)::bigint
    FROM (VALUES ('TRAINING'), ('LIGHT')) AS slots (slot)
    LEFT JOIN claimable ON claimable.slot = slots.slot
    GROUP BY slots.slot
$$;

-- For long-lived workers: a training slot for each training that can be claimed, and for each that runs, whose pod must stay; at least one while there is
-- other work.
CREATE FUNCTION anneal_training_slots_wanted(running_limit bigint, methods text[], worker_devices integer DEFAULT NULL)
    RETURNS bigint
    LANGUAGE sql STABLE AS $$
    SELECT greatest(sum(claimable + running) FILTER (WHERE slot = 'TRAINING'),
                    least(sum(claimable + running) FILTER (WHERE slot = 'LIGHT'), 1))::bigint
    FROM anneal_demand(running_limit, methods, worker_devices)
$$;

-- For workers that do one item each, where the autoscaler knows which of them run: what can be claimed.
CREATE FUNCTION anneal_items_claimable(running_limit bigint, methods text[])
    RETURNS bigint
    LANGUAGE sql STABLE AS $$
    SELECT sum(claimable_items)::bigint FROM anneal_demand(running_limit, methods)
$$;

-- The same for workers of a group, some of which wait for the others of a training and may not be taken for free: how many of them what can be claimed and what
-- runs takes.
CREATE FUNCTION anneal_workers_wanted(running_limit bigint, methods text[], worker_devices integer)
    RETURNS bigint
    LANGUAGE sql STABLE AS $$
    SELECT sum(claimable_items + running_items)::bigint FROM anneal_demand(running_limit, methods, worker_devices)
$$;
