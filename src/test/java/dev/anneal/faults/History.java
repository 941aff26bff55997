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
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database and the store say of the jobs. */
final class History {

    /** A checkpoint row in the folder of an attempt that had ended before the row was written. */
    private static final String PUBLISHED_AFTER_THE_END = """
            SELECT job.external_id FROM checkpoint
            JOIN job ON job.id = checkpoint.job_id
            JOIN attempt ON attempt.work_id = job.work_id
                        AND checkpoint.directory LIKE '%/attempt-' || attempt.lease_token || '/%'
            WHERE checkpoint.created_at > attempt.ended_at
            """;

    private static final String SUCCEEDED_TWICE = """
            SELECT job.external_id FROM job JOIN attempt ON attempt.work_id = job.work_id
            WHERE attempt.outcome = 'SUCCEEDED' GROUP BY job.external_id HAVING count(*) > 1
            """;

    private final Installation installation;

    History(Installation installation) {
        this.installation = installation;
    }

    private JdbcClient jdbc() {
        return installation.observer();
    }

    /** Reads a column of a value. */
    private interface Value<T> {
        T of(ResultSet row) throws SQLException;
    }

    /** @param query selects ids of jobs and a value of each */
    private <T> Map<String, T> byJob(String query, Value<T> value) {
        return jdbc().sql(query).query((row, number) -> Map.entry(row.getString(1), value.of(row))).list().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** States of all jobs by id. */
    Map<String, String> states() {
        return byJob(
                "SELECT external_id, work.state FROM job JOIN work ON work.id = job.work_id", row -> row.getString(2));
    }

    /** Newest step of each running job, 0 before the first. */
    Map<String, Integer> runningSteps() {
        return byJob("""
                        SELECT external_id, coalesce(lease.step, 0)
                        FROM job JOIN work ON work.id = job.work_id JOIN lease ON lease.work_id = work.id
                        WHERE work.state = 'RUNNING'
                        """, row -> row.getInt(2));
    }

    /** Jobs of these that have published a step since, or ended. */
    boolean haveMovedOn(Map<String, Integer> before) {
        Map<String, String> states = states();
        Map<String, Integer> steps = byJob("""
                        SELECT external_id, max(step) FROM job JOIN job_step ON job_step.job_id = job.id GROUP BY external_id
                        """, row -> row.getInt(2));
        return before.entrySet().stream()
                .allMatch(job -> isEnded(states.getOrDefault(job.getKey(), ""))
                        || steps.getOrDefault(job.getKey(), 0) > job.getValue());
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

    /** Leases of work that does not run. */
    long orphanedLeases() {
        return jdbc().sql(
                        "SELECT count(*) FROM lease JOIN work ON work.id = lease.work_id WHERE work.state <> 'RUNNING'")
                .query(Long.class)
                .single();
    }
}
