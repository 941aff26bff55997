-- What autoscalers ask: how many workers have something to do. anneal_queue_depth shows all that waits, which is more: work of tenants that run as much as
-- they may, work whose retry is not due, and methods that no worker of this version knows cannot be claimed, and pods made for them would only wait.

-- For each tenant, slot and method what is due and what runs, and how many trainings the tenant may run if an administrator has decided it.
CREATE VIEW anneal_queue_demand WITH (security_invoker = true) AS
SELECT work.tenant_id                                                                           AS tenant,
       work.slot,
       work.method,
       count(*) FILTER (WHERE work.state = 'QUEUED' AND work.run_at <= clock_timestamp())        AS due,
       count(*) FILTER (WHERE work.state = 'RUNNING')                                            AS running,
       CASE work.slot WHEN 'TRAINING' THEN tenant_quota.running_jobs END                         AS running_limit
FROM work
LEFT JOIN tenant_quota ON tenant_quota.tenant_id = work.tenant_id
WHERE work.state IN ('QUEUED', 'RUNNING')
GROUP BY work.tenant_id, work.slot, work.method, tenant_quota.running_jobs;

GRANT SELECT (tenant_id, method) ON work TO anneal_readonly;
GRANT SELECT (tenant_id, running_jobs) ON tenant_quota TO anneal_readonly;
GRANT SELECT ON anneal_queue_demand TO anneal_readonly, anneal_system;

-- By the rules of the claim: one row for each class of slot, zero where there is nothing.
-- running_limit is anneal.queue.tenant-running-limit; methods are those that workers know.
CREATE FUNCTION anneal_demand(running_limit bigint, methods text[])
    RETURNS TABLE (slot text, claimable bigint, running bigint)
    LANGUAGE sql STABLE AS $$
    WITH tenants AS (
        SELECT demand.slot,
               coalesce(sum(demand.due) FILTER (WHERE demand.method = ANY (anneal_demand.methods)), 0)  AS due,
               sum(demand.running)                                                                      AS running,
               coalesce(max(demand.running_limit), anneal_demand.running_limit)                         AS allowed
        FROM anneal_queue_demand AS demand
        GROUP BY demand.tenant, demand.slot
    )
    SELECT slots.slot,
           coalesce(sum(least(tenants.due, greatest(tenants.allowed - tenants.running, 0))), 0)::bigint,
           coalesce(sum(tenants.running), 0)::bigint
    FROM (VALUES ('TRAINING'), ('LIGHT')) AS slots (slot)
    LEFT JOIN tenants ON tenants.slot = slots.slot
    GROUP BY slots.slot
$$;

-- Long-lived workers: a training slot for each training that can be claimed or runs, whose pod must stay; at least one while anything else does.
CREATE FUNCTION anneal_training_slots_wanted(running_limit bigint, methods text[])
    RETURNS bigint
    LANGUAGE sql STABLE AS $$
    SELECT greatest(sum(claimable + running) FILTER (WHERE slot = 'TRAINING'),
                    least(sum(claimable + running) FILTER (WHERE slot = 'LIGHT'), 1))::bigint
    FROM anneal_demand(running_limit, methods)
$$;

-- Workers of one item each, which the autoscaler knows to run: what can be claimed.
CREATE FUNCTION anneal_items_claimable(running_limit bigint, methods text[])
    RETURNS bigint
    LANGUAGE sql STABLE AS $$
    SELECT sum(claimable)::bigint FROM anneal_demand(running_limit, methods)
$$;
