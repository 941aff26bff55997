-- anneal_readonly read whole tables, and with them the graders of all tenants, whose headers may be secrets. It now reads the views, and what they
-- read: as they run with the rights of who asks, those columns are granted by name.

REVOKE SELECT ON
    work, lease, attempt, file, file_check, job, job_progress, job_event, job_step, job_validation, job_sample, checkpoint, tuned_model,
    export, export_file, evaluation
FROM anneal_readonly;

-- As before, but that a table is not to be read by dashboards until a migration grants them columns of it.
CREATE OR REPLACE PROCEDURE isolate_tenants(isolated regclass)
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', isolated);
    EXECUTE format('CREATE POLICY rows_of_the_tenant ON %s TO anneal_tenant USING (tenant_id = current_tenant())', isolated);
    EXECUTE format('CREATE POLICY rows_of_all_tenants ON %s TO anneal_system USING (true)', isolated);
    EXECUTE format('CREATE POLICY rows_to_read ON %s FOR SELECT TO anneal_readonly USING (true)', isolated);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO anneal_tenant, anneal_system', isolated);
END $$;

GRANT SELECT (id, slot, state, run_at, started_at, finished_at, error) ON work TO anneal_readonly;
GRANT SELECT (id, external_id, tenant_id, work_id, created_at, model, total_steps, annealed_at_step) ON job TO anneal_readonly;
GRANT SELECT (job_id, step) ON job_progress TO anneal_readonly;
GRANT SELECT (job_id, step, recorded_at, epoch, loss, token_accuracy, learning_rate, gradient_norm, beta, tokens, tokens_per_second, metrics)
    ON job_step TO anneal_readonly;
GRANT SELECT (job_id, step, beta, loss, token_accuracy, metrics) ON job_validation TO anneal_readonly;
