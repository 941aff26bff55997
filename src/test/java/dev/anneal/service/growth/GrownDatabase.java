package dev.anneal.service.growth;

import dev.anneal.service.platform.database.TestDatabase;
import java.util.List;

/**
 * Rows of years: steps and events of ended jobs, whose number falls from tenant to tenant (tenant k has 1/k of the
 * first one's), and entries of the audit log over 400 days. One job in a hundred is long and has a tenth of all steps
 * and events.
 */
final class GrownDatabase {

    /** Of 50 tenants. */
    private static final String RANK = "floor(power(51, number % 10007 * 7919 % 10007 / 10007.0))::integer";

    private static final int STEPS_PER_JOB = 450;
    private static final int LONG_JOBS = 100;
    private static final int LONGER_BY = 11;

    private final int rows;

    /** @param rows of each of the three large tables, about */
    GrownDatabase(int rows) {
        this.rows = rows;
    }

    int jobs() {
        return rows / (STEPS_PER_JOB + STEPS_PER_JOB * (LONGER_BY - 1) / LONG_JOBS);
    }

    /**
     * @param largest the tenant with the most jobs
     * @param template id of a job that all are copies of
     */
    void fill(String largest, String template) {
        String jobs = """
                CREATE TABLE grown AS
                SELECT number,
                       CASE WHEN rank = 1 THEN '%s' ELSE 'tenant-' || rank END AS tenant,
                       now() - interval '400 days' * (1 - number / %d::double precision) AS at,
                       %d * CASE WHEN number %% %d = 0 THEN %d ELSE 1 END AS steps
                FROM generate_series(1, %d) AS number,
                     LATERAL (SELECT %s AS rank) AS ranked;
                """.formatted(largest, jobs(), STEPS_PER_JOB, LONG_JOBS, LONGER_BY, jobs(), RANK);
        run(jobs + """
                INSERT INTO work (id, tenant_id, kind, method, state, priority, created_at, run_at, lease_token, started_at, claimed_at,
                                  finished_at, swept)
                OVERRIDING SYSTEM VALUE
                SELECT 1000000 + number, tenant, 'TRAIN', 'supervised', 'SUCCEEDED', 5, at, at, 1, at, at, at + interval '1 hour', true
                FROM grown;
                INSERT INTO job (id, tenant_id, external_id, work_id, created_at, model, training_file, metadata, request, settings,
                                 total_steps, annealed_at_step, body_digest, trained_tokens, result_file)
                OVERRIDING SYSTEM VALUE
                SELECT 1000000 + number, tenant, 'ftjob-' || lpad(to_hex(number), 26, '0'), 1000000 + number, at, model, training_file,
                       jsonb_build_object('run', number %% 1000), request, settings, grown.steps, 0, 'digest-' || number, 1000, 'file-none'
                FROM grown, job AS template
                WHERE template.external_id = '%s';
                INSERT INTO job_progress (job_id, tenant_id, events, step)
                SELECT 1000000 + number, tenant, steps, steps FROM grown;
                INSERT INTO attempt (work_id, lease_token, lease_nonce, tenant_id, worker, started_at, ended_at, outcome, step)
                SELECT 1000000 + number, 1, gen_random_uuid(), tenant, 'worker-1', at, at + interval '1 hour', 'SUCCEEDED', steps FROM grown;
                INSERT INTO checkpoint (tenant_id, external_id, job_id, created_at, step, beta, directory, bytes)
                SELECT tenant, 'ftckpt_' || lpad(to_hex(number * 2 + part), 26, '0'), 1000000 + number, at, steps / (2 - part), 0,
                       tenant || '/' || number || '/' || part, 1000000
                FROM grown, generate_series(0, 1) AS part
                """.formatted(template));
        history();
        audit(largest);
        run("DROP TABLE grown");
        List.of("work", "attempt", "job", "job_progress", "checkpoint", "job_step", "job_event", "audit_log")
                .forEach(table -> TestDatabase.administrator()
                        .sql("VACUUM ANALYZE " + table)
                        .update());
    }

    /** A step and an event for each step of each job. */
    private void history() {
        run("""
                INSERT INTO job_step (job_id, step, tenant_id, recorded_at, epoch, train_loss, train_mean_token_accuracy,
                                      learning_rate, grad_norm, beta,
                                      trained_tokens, tokens, shared_tokens, tokens_per_second, seconds)
                SELECT 1000000 + number, step, tenant, at + step * interval '1 second', step / 100.0, 2 - step / 1e4, 0.5, 1e-4, 0.7, 0,
                       step * 800, step * 1000, 0, 450, 2.2
                FROM grown, generate_series(1, steps) AS step
                """);
        run("""
                INSERT INTO job_event (job_id, number, tenant_id, external_id, created_at, level, type, message, data)
                SELECT 1000000 + grown.number, event, tenant, 'ftevent-' || lpad(to_hex(grown.number * 10000 + event), 26, '0'),
                       at + event * interval '1 second', 'info', 'metrics', 'Step ' || event || '/' || steps || ': training loss=0.53',
                       jsonb_build_object('step', event, 'train_loss', 0.53, 'total_steps', steps, 'train_mean_token_accuracy', 0.81)
                FROM grown, generate_series(1, steps) AS event
                """);
    }

    /** Every entry is about an object of its own; one action in a thousand is rare. */
    private void audit(String largest) {
        run("""
                INSERT INTO audit_log (public_id, at, action, outcome, status, actor_kind, actor_id, project, object, method, path, client_ip,
                                       request_id)
                SELECT 'audit_log-' || lpad(to_hex(number), 26, '0'), now() - interval '400 days' * (1 - number / %1$d::double precision),
                       CASE WHEN number %% 1000 = 0 THEN 'project.archived'
                            ELSE (ARRAY ['file.created', 'job.created', 'job.cancelled', 'file.deleted'])[1 + number %% 4] END,
                       'succeeded', 200, 'api_key', 'key_' || rank, CASE WHEN rank = 1 THEN '%2$s' ELSE 'tenant-' || rank END,
                       'file-' || number, 'POST', '/v1/files', '10.0.0.1', 'req_' || number
                FROM generate_series(1, %1$d) AS number,
                     LATERAL (SELECT %3$s AS rank) AS ranked
                """.formatted(rows, largest, RANK));
    }

    /** Without the checks of foreign keys, which take longer than the rest. */
    private static void run(String statements) {
        TestDatabase.administrator()
                .sql("SET session_replication_role = replica; " + statements + "; RESET session_replication_role")
                .update();
    }
}
