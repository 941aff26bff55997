package dev.anneal.service.training.history;

import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The checkpoints of jobs, at most one for each step, and the answers that the targets of drafts have written before
 * the first one.
 */
@Component
public final class Checkpoints {

    private static final String PREFIX = "ftckpt_";

    /** Checkpoint ids contain the time of a process, jobs have that of the database. */
    private static final Duration CLOCKS_DIFFER_BY = Duration.ofMinutes(1);

    /** If a later attempt saves a step again, its id stays and its folder is replaced. */
    private static final String RECORD = """
            INSERT INTO checkpoint (tenant_id, external_id, job_id, created_at, step, beta, directory, bytes)
            SELECT tenant_id, :id, job_id, clock_timestamp(), :step, :beta, :directory, :bytes
            FROM job_progress
            WHERE job_id = :job
            ON CONFLICT (job_id, step) DO UPDATE
            SET created_at = EXCLUDED.created_at,
                beta = EXCLUDED.beta,
                directory = EXCLUDED.directory,
                bytes = EXCLUDED.bytes,
                resumable = true,
                owes_deletion = false
            """;

    private static final String SELECT = """
            SELECT checkpoint.id AS number, external_id AS id, created_at, checkpoint.step, checkpoint.beta, resumable,
                   directory, bytes, step.train_loss, step.train_mean_token_accuracy,
                   validation.loss AS valid_loss, validation.token_accuracy AS valid_mean_token_accuracy
            FROM checkpoint
            LEFT JOIN job_step AS step ON step.job_id = checkpoint.job_id AND step.step = checkpoint.step
            LEFT JOIN job_validation AS validation
                   ON validation.job_id = checkpoint.job_id AND validation.step = checkpoint.step
            """;

    /** Ids sort by creation, so a page can begin after the id of a deleted checkpoint. */
    private static final String PAGE = SELECT + """
            WHERE checkpoint.job_id = :job AND %s
            ORDER BY external_id %s
            LIMIT :limit
            """;

    private static final String NEWEST = SELECT + """
            WHERE checkpoint.job_id = :job AND checkpoint.step <= :step
            ORDER BY checkpoint.step DESC
            LIMIT :limit
            """;

    /** The lock keeps the checkpoint until the transaction has recorded its use. */
    private static final String FIND =
            SELECT + "WHERE checkpoint.job_id = :job AND external_id = :id FOR KEY SHARE OF checkpoint";

    private static final String JOB_OF = "SELECT job_id FROM checkpoint WHERE external_id = :id";

    private static final String FIND_NUMBER = SELECT + "WHERE checkpoint.id = :number";

    private static final String CREATED_BEFORE = "SELECT created_at <= :time FROM job WHERE id = :job";

    /**
     * New users of a checkpoint wait for this lock, and the next statement sees existing users. Locked checkpoints,
     * which are being taken into use, are skipped, because this transaction holds rows that their users may wait for.
     */
    private static final String LOCK_OLD = """
            SELECT id
            FROM checkpoint
            WHERE job_id = :job
              AND step < (SELECT min(step)
                          FROM (SELECT step FROM checkpoint WHERE job_id = :job ORDER BY step DESC LIMIT :kept)
                              AS newest)
            FOR UPDATE SKIP LOCKED
            """;

    /** Not annealed: they can neither be exported as weights nor start a training. */
    private static final String UNANNEALED = """
            SELECT checkpoint.id
            FROM checkpoint
            JOIN job ON job.id = checkpoint.job_id
            WHERE checkpoint.id = ANY (:ids) AND checkpoint.beta > 0 AND checkpoint.step < job.annealed_at_step
            """;

    private static final String SPENT = """
            SELECT id
            FROM checkpoint
            WHERE job_id = :job AND (resumable OR owes_deletion)
              AND step < (SELECT max(step) FROM checkpoint WHERE job_id = :job)
            """;

    private static final String READ_SPENT =
            "SELECT id, directory, resumable FROM checkpoint WHERE id = ANY (:ids) ORDER BY step";

    private static final String LOCK =
            "SELECT id FROM checkpoint WHERE id = :id AND directory = :directory AND resumable FOR UPDATE SKIP LOCKED";

    private static final String RETIRE = """
            UPDATE checkpoint
            SET resumable = false, owes_deletion = true, bytes = greatest(bytes - :freed, 0)
            WHERE id = :id
            """;

    private static final String DELETED =
            "UPDATE checkpoint SET owes_deletion = false WHERE id = :id AND directory = :directory";

    private static final String DELETE_UNUSED = """
            DELETE FROM checkpoint
            WHERE id = ANY (:ids)
              AND NOT EXISTS (SELECT FROM job WHERE init_checkpoint_id = checkpoint.id)
              AND NOT EXISTS (SELECT FROM job WHERE target_checkpoint_id = checkpoint.id)
              AND NOT EXISTS (SELECT FROM job WHERE draft_checkpoint_id = checkpoint.id)
              AND NOT EXISTS (SELECT FROM checkpoint_permission WHERE checkpoint_id = checkpoint.id)
            RETURNING directory, bytes
            """;

    private static final String RECORD_ANSWERS = """
            UPDATE job_progress
            SET target_answers = :directory
            FROM (SELECT job_id, target_answers FROM job_progress WHERE job_id = :job FOR UPDATE) AS before
            WHERE job_progress.job_id = before.job_id
            RETURNING before.target_answers
            """;

    private static final String ANSWERS =
            "SELECT target_answers FROM job_progress WHERE job_id = :job AND target_answers IS NOT NULL";

    private static final String DIRECTORIES = "SELECT directory FROM checkpoint WHERE job_id = :job";

    private final JdbcClient jdbc;
    private final Identifiers identifiers;
    private final ObjectProvider<CheckpointUsage> usages;

    Checkpoints(JdbcClient jdbc, Identifiers identifiers, ObjectProvider<CheckpointUsage> usages) {
        this.jdbc = jdbc;
        this.identifiers = identifiers;
        this.usages = usages;
    }

    /** @param directory key of the checkpoint's folder in the artifact store */
    public void record(long job, int step, double beta, String directory, long bytes) {
        jdbc.sql(RECORD)
                .param("id", identifiers.next(PREFIX))
                .param("job", job)
                .param("step", step)
                .param("beta", beta)
                .param("directory", directory)
                .param("bytes", bytes)
                .update();
    }

    /**
     * Records a folder that has all answers so far.
     *
     * @param directory key in the artifact store
     * @return the folder before, to which no row refers once the transaction has committed
     */
    public Optional<String> recordAnswers(long job, String directory) {
        return jdbc.sql(RECORD_ANSWERS)
                .param("job", job)
                .param("directory", directory)
                .query((row, index) -> Optional.ofNullable(row.getString("target_answers")))
                .optional()
                .flatMap(before -> before)
                .filter(before -> !before.equals(directory));
    }

    /** Key of the folder of the answers that the job's target has written; empty if there are none. */
    public Optional<String> answers(long job) {
        return jdbc.sql(ANSWERS).param("job", job).query(String.class).optional();
    }

    /** A page of the job's checkpoints, newest first unless the request says otherwise. */
    public Page<Checkpoint> page(long job, PageRequest request) {
        String after = request.after();
        if (after != null && !isCursor(job, after)) {
            throw Refusal.invalidCursor("a checkpoint of this job", after);
        }
        List<Checkpoint> rows = jdbc.sql(PAGE.formatted(request.after("external_id"), request.order()))
                .param("job", job)
                .param("after", after)
                .param("limit", request.rowsToRead())
                .query(Checkpoint.class)
                .list();
        return Page.of(rows, request);
    }

    /** Old checkpoints are deleted, so an unknown id that is not older than the job may have been one of them. */
    private boolean isCursor(long job, String id) {
        if (!id.startsWith(PREFIX)) {
            return false;
        }
        try {
            return jdbc.sql(CREATED_BEFORE)
                    .param("job", job)
                    .param("time", Identifiers.timeOf(id).plus(CLOCKS_DIFFER_BY).atOffset(ZoneOffset.UTC))
                    .query(Boolean.class)
                    .single();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The checkpoint with the most steps, kept until the end of the transaction. */
    public Optional<Checkpoint> newest(long job) {
        Optional<Checkpoint> read = read(job, Integer.MAX_VALUE, 1).stream().findFirst();
        Optional<Checkpoint> kept = read.flatMap(checkpoint -> find(job, checkpoint.id()));
        // One that was deleted between the two statements has a newer successor.
        return read.isPresent() && kept.isEmpty() ? newest(job) : kept;
    }

    /** The checkpoints with the most steps, newest first. */
    public List<Checkpoint> newest(long job, int most) {
        return read(job, Integer.MAX_VALUE, most);
    }

    /** The checkpoint, kept until the end of the transaction. */
    public Optional<Checkpoint> find(long job, String checkpointId) {
        return jdbc.sql(FIND)
                .param("job", job)
                .param("id", checkpointId)
                .query(Checkpoint.class)
                .optional();
    }

    /** A checkpoint with the internal key of its job. */
    public record OfJob(long job, Checkpoint checkpoint) {}

    /** The checkpoint of any job, kept until the end of the transaction. */
    public Optional<OfJob> find(String checkpointId) {
        return jdbc.sql(JOB_OF)
                .param("id", checkpointId)
                .query(Long.class)
                .optional()
                .flatMap(job -> find(job, checkpointId).map(found -> new OfJob(job, found)));
    }

    /** The checkpoint after exactly {@code step} steps. */
    public Optional<Checkpoint> atStep(long job, int step) {
        return read(job, step, 1).stream()
                .filter(checkpoint -> checkpoint.step() == step)
                .findFirst()
                .flatMap(checkpoint -> find(job, checkpoint.id()));
    }

    /** The checkpoint with an internal key that some row refers to. */
    public Checkpoint byNumber(long number) {
        return jdbc.sql(FIND_NUMBER)
                .param("number", number)
                .query(Checkpoint.class)
                .single();
    }

    /**
     * Deletes the rows of all but the newest checkpoints, except those that an export, an evaluation, another job or
     * another tenant uses.
     *
     * @return folders that no row refers to once the transaction has committed
     */
    public List<Pruned> prune(long job, int kept) {
        return deleteUnused(lockOld(job, kept));
    }

    /** As {@link #prune}, for checkpoints other than the newest that are not annealed. */
    public List<Pruned> pruneUnannealed(long job) {
        List<Long> unannealed = jdbc.sql(UNANNEALED)
                .param("ids", array(lockOld(job, 1)))
                .query(Long.class)
                .list();
        return deleteUnused(unannealed);
    }

    /** Checkpoints other than the newest with an optimizer's state that no export needs, oldest first. */
    public List<Spent> spent(long job) {
        List<Long> spent = jdbc.sql(SPENT).param("job", job).query(Long.class).list();
        return jdbc.sql(READ_SPENT)
                .param("ids", array(without(spent, CheckpointUsage::usedWithOptimizer)))
                .query(Spent.class)
                .list();
    }

    /**
     * A checkpoint with an optimizer's state that is no longer needed.
     *
     * @param directory key of its folder
     * @param resumable false if the state is out of use and only its deletion is left
     */
    public record Spent(long id, String directory, boolean resumable) {}

    /**
     * Takes the optimizer's state from use. No row refers to it once the transaction has committed; then it can be
     * deleted.
     *
     * @param freed bytes of the state
     * @return false if something has begun to use it, or is about to
     */
    public boolean retire(Spent spent, long freed) {
        Optional<Long> locked = jdbc.sql(LOCK)
                .param("id", spent.id())
                .param("directory", spent.directory())
                .query(Long.class)
                .optional();
        // A separate statement after the lock, which sees exports requested meanwhile.
        if (locked.isEmpty()
                || without(List.of(spent.id()), CheckpointUsage::usedWithOptimizer)
                        .isEmpty()) {
            return false;
        }
        return jdbc.sql(RETIRE).param("id", spent.id()).param("freed", freed).update() == 1;
    }

    /** Records that the state of a retired checkpoint is deleted. */
    public void deleted(Spent spent) {
        jdbc.sql(DELETED)
                .param("id", spent.id())
                .param("directory", spent.directory())
                .update();
    }

    private List<Long> lockOld(long job, int kept) {
        return jdbc.sql(LOCK_OLD)
                .param("job", job)
                .param("kept", kept)
                .query(Long.class)
                .list();
    }

    private List<Pruned> deleteUnused(List<Long> ids) {
        List<Long> unused = without(ids, CheckpointUsage::used);
        return unused.isEmpty()
                ? List.of()
                : jdbc.sql(DELETE_UNUSED)
                        .param("ids", array(unused))
                        .query(Pruned.class)
                        .list();
    }

    private List<Long> without(List<Long> ids, Function<CheckpointUsage, @Nullable String> query) {
        if (ids.isEmpty()) {
            return ids;
        }
        List<Long> left = new ArrayList<>(ids);
        usages.orderedStream().forEach(usage -> left.removeAll(found(query.apply(usage), ids)));
        return left;
    }

    private List<Long> found(@Nullable String query, List<Long> ids) {
        return query == null
                ? List.of()
                : jdbc.sql(query).param("ids", array(ids)).query(Long.class).list();
    }

    private static Long[] array(List<Long> ids) {
        return ids.toArray(Long[]::new);
    }

    /**
     * @param directory key of a folder that no row refers to any more
     */
    public record Pruned(String directory, long bytes) {}

    /** Folders of all checkpoints of the job. */
    public List<String> directories(long job) {
        return jdbc.sql(DIRECTORIES).param("job", job).query(String.class).list();
    }

    private List<Checkpoint> read(long job, int step, int limit) {
        return jdbc.sql(NEWEST)
                .param("job", job)
                .param("step", step)
                .param("limit", limit)
                .query(Checkpoint.class)
                .list();
    }
}
