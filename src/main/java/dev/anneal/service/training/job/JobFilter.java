package dev.anneal.service.training.job;

import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs a list shows: those that meet all conditions.
 *
 * @param states states of the job's work; empty for all
 * @param method name of the training method, or null for all
 * @param model the model that the job's request names, or null for all
 * @param words each must be part of the job's id, models, suffix or metadata, A to Z in any case
 */
public record JobFilter(
        Set<WorkState> states,
        @Nullable String method,
        @Nullable String model,
        List<String> words,
        MetadataFilter metadata) {

    /** All jobs. */
    public static final JobFilter NONE = new JobFilter(Set.of(), null, null, List.of(), MetadataFilter.NONE);

    /**
     * A generic plan knows no parameters: with a condition on metadata it expects so few rows that it sorts all jobs of
     * the tenant, so each condition is there only for its filter; without the number of rows it expects a tenth of the
     * tenant's, so that is part of the statement.
     */
    private static final String BY_JOB = """
            SELECT id, work_id
            FROM job
            WHERE %1$s AND %2$s
            ORDER BY external_id %3$s
            LIMIT %4$d
            """;

    /**
     * A page of each method and state is read from the index that has their order, and the page is made from those.
     * OFFSET 0 has each job of the page looked up, where a join could read all jobs.
     */
    private static final String BY_WORK = """
            SELECT job.id, job.work_id
            FROM (
                SELECT newest.id
                FROM unnest(CAST(:methods AS text[])) AS wanted_method (name)
                CROSS JOIN unnest(CAST(:states AS text[])) AS wanted_state (name)
                CROSS JOIN LATERAL (
                    SELECT id
                    FROM work
                    WHERE kind = 'TRAIN' AND method = wanted_method.name AND state = wanted_state.name AND %1$s
                    ORDER BY id %2$s
                    LIMIT %3$d
                ) AS newest
                ORDER BY newest.id %2$s
                LIMIT %3$d
            ) AS found
            CROSS JOIN LATERAL (SELECT id, work_id FROM job WHERE job.work_id = found.id OFFSET 0) AS job
            ORDER BY job.work_id %2$s
            """;

    private static final String WORK_AFTER = "(SELECT work_id FROM job WHERE external_id = :after)";

    /**
     * IS TRUE keeps the look-up a hash table that is made once, whose cost does not depend on how many jobs meet which
     * condition.
     */
    private static final String HAS_WORK = """
            (job.work_id IN (
                SELECT id
                FROM work
                WHERE kind = 'TRAIN' AND method = ANY (CAST(:methods AS text[])) AND state = ANY (CAST(:states
                    AS text[]))
            )) IS TRUE
            """;

    /** The words are made ready once, not for each job. */
    private static final String CONTAINS_WORDS = """
            job.searched LIKE ALL (ARRAY (
                SELECT '%' || lower(word) || '%'
                FROM unnest(CAST(:words AS text[])) AS word
            ))""";

    public JobFilter {
        states = Set.copyOf(states);
        words = List.copyOf(words);
    }

    /**
     * Query of the keys of the page's jobs and their work, in order and at most one more than its limit, with
     * {@link #parameters}.
     */
    String page(PageRequest request) {
        return isOfWorkAlone()
                ? BY_WORK.formatted(request.after("id", WORK_AFTER), request.order(), request.rowsToRead())
                : BY_JOB.formatted(request.after("external_id"), condition(), request.order(), request.rowsToRead());
    }

    private boolean isOfWorkAlone() {
        return isOfWork() && words.isEmpty() && model == null && metadata.equals(MetadataFilter.NONE);
    }

    private boolean isOfWork() {
        return !states.isEmpty() || method != null;
    }

    private String condition() {
        return metadata.condition()
                + (model == null ? "" : " AND job.named_model = :model")
                + (words.isEmpty() ? "" : " AND " + CONTAINS_WORDS)
                + (isOfWork() ? " AND " + HAS_WORK : "");
    }

    Map<String, @Nullable Object> parameters(PageRequest request) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("after", request.after());
        parameters.put("metadata", JsonColumn.write(metadata.pairs()));
        parameters.put("model", model);
        parameters.put("words", words.stream().map(JobFilter::literally).toArray(String[]::new));
        parameters.put(
                "methods", method == null ? TrainingMethods.NAMES.toArray(String[]::new) : new String[] {method});
        parameters.put("states", stateNames());
        return parameters;
    }

    private String[] stateNames() {
        return (states.isEmpty() ? Set.of(WorkState.values()) : states)
                .stream().map(Enum::name).toArray(String[]::new);
    }

    /** The word as a pattern of LIKE that matches nothing else. */
    private static String literally(String word) {
        return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }
}
