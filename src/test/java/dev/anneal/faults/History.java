package dev.anneal.faults;

import dev.anneal.engine.format.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database and the store say of the jobs. */
final class History {

    /**
     * Numbers the ends of attempts and the writes of checkpoints: clocks jump here. Both hold the lock of the attempt's
     * lease.
     */
    private static final String WATCH = """
            CREATE TABLE fault_history (number bigserial, work_id bigint, ended_token bigint, written_directory text);
            CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                INSERT INTO public.fault_history (work_id, ended_token) VALUES (NEW.work_id, NEW.lease_token);
                RETURN NULL;
            END $$;
            CREATE FUNCTION note_checkpoint() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                INSERT INTO public.fault_history (work_id, written_directory)
                SELECT work_id, NEW.directory FROM public.job WHERE id = NEW.job_id;
                RETURN NULL;
            END $$;
            CREATE TRIGGER note_end AFTER UPDATE OF ended_at ON attempt
                FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION note_end();
            CREATE TRIGGER note_checkpoint AFTER INSERT OR UPDATE OF directory ON checkpoint
                FOR EACH ROW EXECUTE FUNCTION note_checkpoint();
            """;

    /** Jobs with a checkpoint in the folder of an attempt that had ended before it was written. */
    private static final String PUBLISHED_AFTER_THE_END = """
            SELECT DISTINCT job.external_id
            FROM job
            JOIN fault_history AS ended USING (work_id)
            JOIN fault_history AS written USING (work_id)
            WHERE written.written_directory LIKE '%/attempt-' || ended.ended_token || '/%' AND written.number > ended.number
            """;

    private static final String SUCCEEDED_TWICE = """
            SELECT job.external_id FROM job JOIN attempt ON attempt.work_id = job.work_id
            WHERE attempt.outcome = 'SUCCEEDED' GROUP BY job.external_id HAVING count(*) > 1
            """;

    /** Unfinished work, the workers with their free devices, and who holds what, as JSON; times as seconds from now. */
    private static final String PRESENT = """
            SELECT to_jsonb(present) FROM (
                SELECT work.id AS work, state, kind, devices, extract(EPOCH FROM run_at - clock_timestamp()) AS runs_in, waits,
                       waits_for, avoided_worker, extract(EPOCH FROM avoided_until - clock_timestamp()) AS avoided_for
                FROM work WHERE finished_at IS NULL
            ) AS present
            UNION ALL
            SELECT to_jsonb(present) FROM (
                SELECT worker, id AS process, extract(EPOCH FROM seen_at - clock_timestamp()) AS seen, training_slots, free,
                       takes_work, fault, lacking_models, arithmetic
                FROM running_worker LEFT JOIN free_devices USING (id)
            ) AS present
            UNION ALL
            SELECT to_jsonb(lease) FROM lease
            UNION ALL
            SELECT to_jsonb(membership) FROM membership
            """;

    private final Installation installation;

    History(Installation installation) {
        this.installation = installation;
        jdbc().sql(WATCH).update();
    }

    private JdbcClient jdbc() {
        return installation.observer();
    }

    /** Reads a column of a value. */
    private interface Value<T> {
        T of(ResultSet row) throws SQLException;
    }

    /** @param query selects ids of jobs, or other names, and a value of each */
    private <T> Map<String, T> byName(String query, Value<T> value) {
        return jdbc().sql(query).query((row, number) -> Map.entry(row.getString(1), value.of(row))).list().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** States of all jobs by id. */
    Map<String, String> states() {
        return byName(
                "SELECT external_id, work.state FROM job JOIN work ON work.id = job.work_id", row -> row.getString(2));
    }

    Set<String> running() {
        return states().entrySet().stream()
                .filter(job -> job.getValue().equals("RUNNING"))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Newest published step of each job that has one. */
    Map<String, Integer> steps() {
        return byName("""
                        SELECT external_id, max(step) FROM job JOIN job_step ON job_step.job_id = job.id GROUP BY external_id
                        """, row -> row.getInt(2));
    }

    /** Whether each of these jobs has published a step since, or ended. */
    boolean haveMovedOn(Set<String> jobs, Map<String, Integer> before) {
        Map<String, String> states = states();
        Map<String, Integer> steps = steps();
        return jobs.stream()
                .allMatch(job -> isEnded(states.getOrDefault(job, ""))
                        || steps.getOrDefault(job, 0) > before.getOrDefault(job, 0));
    }

    static boolean isEnded(String state) {
        return List.of("SUCCEEDED", "FAILED", "CANCELLED").contains(state);
    }

    /** Jobs that ended twice, or to which an attempt wrote after its end. The schema rules out a second model. */
    List<String> doubled() {
        List<String> jobs = new ArrayList<>();
        for (String query : List.of(PUBLISHED_AFTER_THE_END, SUCCEEDED_TWICE)) {
            jobs.addAll(jdbc().sql(query).query(String.class).list());
        }
        return jobs;
    }

    /** SHA-256 of the adapter of a job's last checkpoint. */
    String adapter(String job) throws IOException {
        String directory = jdbc().sql("""
                        SELECT directory FROM checkpoint JOIN job ON job.id = checkpoint.job_id
                        WHERE job.external_id = ? ORDER BY step DESC LIMIT 1
                        """).param(job).query(String.class).single();
        Path file = installation.storage().resolve(directory).resolve("adapter.safetensors");
        return Files.exists(file) ? Sha256.of(file) : "missing: " + file;
    }

    /** Whether a job's model is listed. */
    boolean hasModel(String job) {
        return jdbc().sql(
                                "SELECT count(*) FROM tuned_model JOIN job ON job.id = tuned_model.job_id WHERE job.external_id = ?")
                        .param(job)
                        .query(Long.class)
                        .single()
                == 1;
    }

    /** Errors of a job's attempts, newest first. */
    List<String> errors(String job) {
        return jdbc().sql("""
                        SELECT attempt.outcome || ' ' || coalesce(attempt.error::text, '') FROM attempt
                        JOIN job ON job.work_id = attempt.work_id
                        WHERE job.external_id = ? ORDER BY lease_token DESC
                        """).param(job).query(String.class).list();
    }

    /** What the queue and the workers look like now, one row of their tables a line. */
    String present() {
        return String.join("\n", jdbc().sql(PRESENT).query(String.class).list());
    }

    /** Number of attempts by outcome and code of their error. */
    Map<String, Long> outcomes() {
        return new TreeMap<>(byName(
                "SELECT concat_ws(' ', outcome, error ->> 'code') AS ended, count(*) FROM attempt GROUP BY ended",
                row -> row.getLong(2)));
    }

    /** Leases of work that does not run, and what other workers have of it. */
    long orphanedLeases() {
        return jdbc().sql("""
                        SELECT count(*) FROM (SELECT work_id FROM lease UNION ALL SELECT work_id FROM membership) AS held
                        JOIN work ON work.id = held.work_id WHERE work.state <> 'RUNNING'
                        """).query(Long.class).single();
    }
}
