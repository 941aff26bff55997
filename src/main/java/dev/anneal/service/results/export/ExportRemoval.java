package dev.anneal.service.results.export;

import dev.anneal.service.queue.FinishedWork;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Removes complete exports, after which the checkpoint or file that they were made from may be deleted. */
@Component
public final class ExportRemoval {

    private static final Pattern ID = Pattern.compile("ftexp-[0-9a-z]{26}");

    /**
     * A new evaluation or push of the export waits for this lock or is visible to the next statement. An export that is
     * locked for use is skipped.
     */
    private static final String LOCK =
            "SELECT work_id FROM export WHERE id = :export AND directory IS NOT NULL FOR UPDATE SKIP LOCKED";

    private static final String DELETE_UNUSED = """
            DELETE FROM export
            WHERE id = :export
              AND NOT EXISTS (SELECT FROM evaluation
                              JOIN work ON work.id = evaluation.work_id
                              WHERE evaluation.export_id = :export AND work.finished_at IS NULL)
              AND NOT EXISTS (SELECT FROM hub_push WHERE hub_push.export_id = :export AND hub_push.finished_at IS NULL)
            RETURNING directory, (SELECT coalesce(sum(bytes), 0)::bigint FROM export_file WHERE export_id = :export)
                      AS bytes
            """;

    private final JdbcClient jdbc;
    private final FinishedWork finished;

    ExportRemoval(JdbcClient jdbc, FinishedWork finished) {
        this.jdbc = jdbc;
        this.finished = finished;
    }

    /**
     * @param directory key of the folder in the artifact store, which no row refers to after the transaction
     */
    public record Removed(String directory, long bytes) {}

    /** Whether an unknown id may be that of a removed export. */
    static boolean mayBeRemoved(String id) {
        return ID.matcher(id).matches();
    }

    /**
     * Deletes the export, unless an unfinished evaluation or push uses it.
     *
     * @param export internal key
     */
    public Optional<Removed> remove(long export) {
        return jdbc.sql(LOCK)
                .param("export", export)
                .query(Long.class)
                .optional()
                .flatMap(work -> remove(export, work));
    }

    private Optional<Removed> remove(long export, long work) {
        Optional<Removed> removed = jdbc.sql(DELETE_UNUSED)
                .param("export", export)
                .query(Removed.class)
                .optional();
        removed.ifPresent(each -> finished.remove(work));
        return removed;
    }
}
