package dev.anneal.service.training.history;

import dev.anneal.protocol.Progress;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How long trainings have waited for validations and checkpoints, in all attempts. */
public final class Interludes {

    private static final String RECORD = """
            UPDATE job_progress
            SET %1$ss = %1$ss + 1,
                %1$s_seconds = %1$s_seconds + :seconds
            WHERE job_id = :job
            """;

    private static final String VALIDATION = RECORD.formatted("validation");
    private static final String CHECKPOINT = RECORD.formatted("checkpoint");

    private Interludes() {}

    public static void record(JdbcClient jdbc, long job, Progress.Interlude interlude) {
        jdbc.sql(interlude.kind() == Progress.Interlude.Kind.VALIDATION ? VALIDATION : CHECKPOINT)
                .param("job", job)
                .param("seconds", interlude.seconds())
                .update();
    }
}
