package dev.anneal.service.history;

import dev.anneal.service.database.Identifiers;
import dev.anneal.service.paging.Page;
import dev.anneal.service.paging.PageRequest;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The checkpoints of jobs, one a step. */
public final class Checkpoints {

    /** The id of a step stays when a later attempt saves the step again; the folder is that of the later one. */
    private static final String RECORD = """
            INSERT INTO checkpoint (tenant_id, external_id, job_id, created_at, step, beta, directory, bytes)
            SELECT tenant_id, :id, job_id, clock_timestamp(), :step, :beta, :directory, :bytes
            FROM job_progress
            WHERE job_id = :job
            ON CONFLICT (job_id, step) DO UPDATE
            SET created_at = EXCLUDED.created_at,
                beta = EXCLUDED.beta,
                directory = EXCLUDED.directory,
                bytes = EXCLUDED.bytes
            """;

    private static final String SELECT = """
            SELECT checkpoint.id, external_id, created_at, checkpoint.step, checkpoint.beta, directory, bytes,
                   step.loss, step.token_accuracy, validation.loss AS valid_loss, validation.token_accuracy AS valid_accuracy
            FROM checkpoint
            LEFT JOIN job_step AS step ON step.job_id = checkpoint.job_id AND step.step = checkpoint.step
            LEFT JOIN job_validation AS validation
                   ON validation.job_id = checkpoint.job_id AND validation.step = checkpoint.step
            """;

    private static final String PAGE = SELECT + """
            WHERE checkpoint.job_id = :job AND checkpoint.step %s :step
            ORDER BY checkpoint.step %s
            LIMIT :limit
            """;

    private static final String NEWEST = PAGE.formatted("<=", "DESC");
    private static final String OLDER = PAGE.formatted("<", "DESC");
    private static final String NEWER = PAGE.formatted(">", "ASC");

    private static final String FIND = SELECT + "WHERE checkpoint.job_id = :job AND external_id = :id";

    private static final String FIND_NUMBER = SELECT + "WHERE checkpoint.id = :number";

    /** Whoever begins to use a checkpoint waits for this, and what uses one already is seen by the next statement. */
    private static final String LOCK_OLD = """
            SELECT id
            FROM checkpoint
            WHERE job_id = :job
              AND step < (SELECT min(step)
                          FROM (SELECT step FROM checkpoint WHERE job_id = :job ORDER BY step DESC LIMIT :kept) AS newest)
            FOR UPDATE
            """;

    private static final String DELETE_UNUSED = """
            DELETE FROM checkpoint
            WHERE id = ANY (:ids)
              AND NOT EXISTS (SELECT FROM export WHERE checkpoint_id = checkpoint.id)
              AND NOT EXISTS (SELECT FROM evaluation WHERE checkpoint_id = checkpoint.id)
            RETURNING directory
            """;

    private static final String DIRECTORIES = "SELECT directory FROM checkpoint WHERE job_id = :job";

    private final Identifiers identifiers;

    Checkpoints(Identifiers identifiers) {
        this.identifiers = identifiers;
    }

    /** @param directory key of the checkpoint's folder in the artifact store */
    public void record(JdbcClient jdbc, long job, int step, double beta, String directory, long bytes) {
        jdbc.sql(RECORD)
                .param("id", identifiers.next("ftckpt_"))
                .param("job", job)
                .param("step", step)
                .param("beta", beta)
                .param("directory", directory)
                .param("bytes", bytes)
                .update();
    }

    /** A page of the job's checkpoints, newest first unless the request says otherwise. */
    public Page<Checkpoint> page(JdbcClient jdbc, long job, PageRequest request) {
        int from = request.ascending() ? -1 : Integer.MAX_VALUE;
        int position = request.after() == null ? from : stepOf(jdbc, job, request.after());
        String query = request.ascending() ? NEWER : OLDER;
        return Page.of(read(jdbc, query, job, position, request.rowsToRead()), request);
    }

    /** The checkpoint with the most steps. */
    public Optional<Checkpoint> newest(JdbcClient jdbc, long job) {
        return read(jdbc, NEWEST, job, Integer.MAX_VALUE, 1).stream().findFirst();
    }

    /** Those with the most steps, newest first. */
    public List<Checkpoint> newest(JdbcClient jdbc, long job, int most) {
        return read(jdbc, NEWEST, job, Integer.MAX_VALUE, most);
    }

    public Optional<Checkpoint> find(JdbcClient jdbc, long job, String checkpointId) {
        return jdbc.sql(FIND)
                .param("job", job)
                .param("id", checkpointId)
                .query(Checkpoints::checkpoint)
                .optional();
    }

    /** The checkpoint after exactly {@code step} steps. */
    public Optional<Checkpoint> atStep(JdbcClient jdbc, long job, int step) {
        return read(jdbc, NEWEST, job, step, 1).stream()
                .filter(checkpoint -> checkpoint.step() == step)
                .findFirst();
    }

    /** The checkpoint with an internal key that some row refers to. */
    public Checkpoint byNumber(JdbcClient jdbc, long number) {
        return jdbc.sql(FIND_NUMBER)
                .param("number", number)
                .query(Checkpoints::checkpoint)
                .single();
    }

    /**
     * Forgets all but the newest checkpoints, except those that an export or evaluation uses.
     *
     * @return folders that nothing refers to once the transaction has committed
     */
    public List<String> prune(JdbcClient jdbc, long job, int kept) {
        List<Long> old = jdbc.sql(LOCK_OLD)
                .param("job", job)
                .param("kept", kept)
                .query(Long.class)
                .list();
        return old.isEmpty()
                ? List.of()
                : jdbc.sql(DELETE_UNUSED)
                        .param("ids", old.toArray(Long[]::new))
                        .query(String.class)
                        .list();
    }

    /** Folders of all checkpoints of the job. */
    public List<String> directories(JdbcClient jdbc, long job) {
        return jdbc.sql(DIRECTORIES).param("job", job).query(String.class).list();
    }

    private int stepOf(JdbcClient jdbc, long job, String checkpointId) {
        return find(jdbc, job, checkpointId)
                .orElseThrow(() -> new Refusal(
                        RefusalCode.INVALID_CURSOR,
                        "'after' must be the id of a checkpoint of this job but is '" + checkpointId + "'",
                        "after"))
                .step();
    }

    private static List<Checkpoint> read(JdbcClient jdbc, String query, long job, int step, int limit) {
        return jdbc.sql(query)
                .param("job", job)
                .param("step", step)
                .param("limit", limit)
                .query(Checkpoints::checkpoint)
                .list();
    }

    private static Checkpoint checkpoint(ResultSet row, int index) throws SQLException {
        return new Checkpoint(
                row.getLong("id"),
                row.getString("external_id"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getInt("step"),
                row.getDouble("beta"),
                row.getString("directory"),
                row.getLong("bytes"),
                row.getObject("loss", Double.class),
                row.getObject("token_accuracy", Double.class),
                row.getObject("valid_loss", Double.class),
                row.getObject("valid_accuracy", Double.class));
    }
}
