-- The schema of the first release is V1 to V10: one file for each district of the service that has tables. A district refers to those before it, never to
-- a later one.
--
-- Platform: the roles of the service, the convention for tables that hold rows of tenants, and the tasks of the background.
-- The owner's login runs this. ${applicationLogin} is the login of the running service; it acts through the roles below (SET ROLE).

-- anneal_tenant sees the rows of the tenant that its transaction names, anneal_system sees those of all, anneal_readonly (Grafana, KEDA) only reads.
-- Where the owner's login may not create roles, an administrator creates and grants them beforehand, and nothing is done here.
DO $$
DECLARE
    wanted    text;
    -- From PostgreSQL 16 on, the creator of a role is a member of it without the right to SET ROLE to it.
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

-- A migration calls this for each table that has a tenant_id. FORCE binds the table's owner as well, and the owner has no policy: a migration that changes
-- rows does so under SET LOCAL ROLE anneal_system. anneal_readonly is granted no table as a whole, only columns by name, because rows may hold secrets.
CREATE PROCEDURE isolate_tenants(isolated regclass)
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', isolated);
    EXECUTE format('CREATE POLICY rows_of_the_tenant ON %s TO anneal_tenant USING (tenant_id = current_tenant())', isolated);
    EXECUTE format('CREATE POLICY rows_of_all_tenants ON %s TO anneal_system USING (true)', isolated);
    EXECUTE format('CREATE POLICY rows_to_read ON %s FOR SELECT TO anneal_readonly USING (true)', isolated);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO anneal_tenant, anneal_system', isolated);
END $$;

-- db-scheduler's table, under its default name: the background work that one process does for all, when it is due, and which process does it now. The
-- scheduler adds what recurs. A trigger of another district adds the rest, in the transaction that writes what the work is about; requests see no task.
CREATE TABLE scheduled_tasks (
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

-- The scheduler's polls: what is due, and whose process is dead.
CREATE INDEX scheduled_tasks_due ON scheduled_tasks (execution_time);
CREATE INDEX scheduled_tasks_heartbeat ON scheduled_tasks (last_heartbeat);

GRANT SELECT, INSERT, UPDATE, DELETE ON scheduled_tasks TO anneal_system;
GRANT INSERT ON scheduled_tasks TO anneal_tenant;
