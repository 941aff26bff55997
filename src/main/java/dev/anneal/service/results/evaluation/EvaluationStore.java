package dev.anneal.service.results.evaluation;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkQueue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;

/** Rows of evaluations. Every method runs in its caller's transaction, with that transaction's role. */
@Component
final class EvaluationStore {

    private static final TypeReference<List<Progress.Evaluated.Sample>> SAMPLES = new TypeReference<>() {};
    private static final TypeReference<Map<String, Double>> METRICS = new TypeReference<>() {};

    private static final String INSERT = """
            INSERT INTO evaluation (tenant_id, external_id, work_id, created_at, subject, base_model, base_revision,
                                    checkpoint_id, export_id, test_file, max_new_tokens, sample_rows, grading)
            VALUES (:tenant, :id, :work, clock_timestamp(), :subject, :baseModel, :baseRevision, :checkpoint, :export,
                    :testFile, :maxNewTokens, :sampleRows, CAST(:grading AS jsonb))
            """;

    private static final String WORK_OF = "SELECT work_id FROM evaluation WHERE external_id = :id";

    private static final String BY_WORK = "SELECT * FROM evaluation WHERE work_id = :work";

    /** Reads the states of a page, all as of one moment. */
    private static final String PAGE = """
            SELECT work_id
            FROM evaluation
            WHERE %s
            ORDER BY external_id %s
            LIMIT :limit
            """;

    /** Without samples, which could make a page megabytes large. */
    private static final String SUMMARIES = """
            SELECT id, external_id, work_id, created_at, subject, base_model, base_revision, checkpoint_id, export_id,
                   test_file, max_new_tokens, sample_rows, grading, row_count, exact_matches, metrics,
                   CASE WHEN samples IS NOT NULL THEN '[]' END AS samples
            FROM evaluation
            WHERE work_id = ANY (:works)
            ORDER BY array_position(:works, work_id)
            """;

    private static final String COMPLETE = """
            UPDATE evaluation
            SET row_count = :rows, exact_matches = :matches, metrics = CAST(:metrics AS jsonb),
                samples = CAST(:samples AS jsonb)
            WHERE work_id = :work
            """;

    private final JdbcClient jdbc;
    private final WorkQueue queue;
    private final Identifiers identifiers;

    EvaluationStore(JdbcClient jdbc, WorkQueue queue, Identifiers identifiers) {
        this.jdbc = jdbc;
        this.queue = queue;
        this.identifiers = identifiers;
    }

    /** Subject of an evaluation, as in {@link Evaluation}. */
    record Subject(
            String baseModel,
            @Nullable String baseRevision,
            @Nullable Long checkpoint,
            @Nullable Long export) {

        /** Models that a worker must have, as in {@link NewWork}; none for an export, which is read from the store. */
        List<String> workerModels() {
            return export == null ? List.of(NewWork.model(baseModel, baseRevision)) : List.of();
        }
    }

    Evaluation create(String tenantId, long workId, EvaluationRequest request, Subject subject) {
        String id = identifiers.next("fteval-");
        EvaluateTask.Grading grading = request.grading();
        jdbc.sql(INSERT)
                .param("tenant", tenantId)
                .param("id", id)
                .param("work", workId)
                .param("subject", request.subject())
                .param("baseModel", subject.baseModel())
                .param("baseRevision", subject.baseRevision())
                .param("checkpoint", subject.checkpoint())
                .param("export", subject.export())
                .param("testFile", request.testFile())
                .param("maxNewTokens", request.maxNewTokens())
                .param("sampleRows", request.samples())
                .param("grading", grading == null ? null : JsonColumn.write(grading))
                .update();
        return byId(id).orElseThrow();
    }

    Optional<Evaluation> byId(String id) {
        return jdbc.sql(WORK_OF).param("id", id).query(Long.class).optional().flatMap(this::byWork);
    }

    /** Reads the work first, so that succeeded work has its result in the row. */
    Optional<Evaluation> byWork(long workId) {
        return queue.find(workId)
                .flatMap(work -> jdbc.sql(BY_WORK)
                        .param("work", workId)
                        .query((row, index) -> evaluation(row, work))
                        .optional());
    }

    /** A page of evaluations without their samples; work is read first, as in {@link #byWork}. */
    List<Evaluation> page(PageRequest request) {
        List<Long> page = jdbc.sql(PAGE.formatted(request.after("external_id"), request.order()))
                .param("after", request.after())
                .param("limit", request.rowsToRead())
                .query(Long.class)
                .list();
        Map<Long, Work> work = queue.findAll(page).stream().collect(Collectors.toMap(Work::id, Function.identity()));
        return jdbc.sql(SUMMARIES)
                .param("works", page.toArray(Long[]::new))
                .query((row, index) -> evaluation(row, Objects.requireNonNull(work.get(row.getLong("work_id")))))
                .list();
    }

    void complete(long workId, Progress.Evaluated evaluated) {
        jdbc.sql(COMPLETE)
                .param("work", workId)
                .param("rows", evaluated.rows())
                .param("matches", evaluated.exactMatches())
                .param("metrics", evaluated.exactMatches() == null ? JsonColumn.write(evaluated.metrics()) : null)
                .param("samples", JsonColumn.write(storable(evaluated.samples())))
                .update();
    }

    /** Removes zero characters, which PostgreSQL cannot store and a model may generate. */
    private static List<Progress.Evaluated.Sample> storable(List<Progress.Evaluated.Sample> samples) {
        return samples.stream()
                .map(sample -> new Progress.Evaluated.Sample(
                        storable(sample.prompt()),
                        sample.expected() == null ? null : storable(sample.expected()),
                        storable(sample.answer()),
                        sample.reward(),
                        sample.errors().stream().map(EvaluationStore::storable).toList()))
                .toList();
    }

    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }

    private static Evaluation evaluation(ResultSet row, Work work) throws SQLException {
        String grading = row.getString("grading");
        return new Evaluation(
                row.getLong("id"),
                row.getString("external_id"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("subject"),
                row.getString("base_model"),
                row.getString("base_revision"),
                row.getObject("checkpoint_id", Long.class),
                row.getObject("export_id", Long.class),
                row.getString("test_file"),
                row.getInt("max_new_tokens"),
                row.getInt("sample_rows"),
                grading == null ? null : JsonColumn.read(grading, EvaluateTask.Grading.class),
                result(row),
                work);
    }

    private static Evaluation.@Nullable Result result(ResultSet row) throws SQLException {
        String samples = row.getString("samples");
        String metrics = row.getString("metrics");
        return samples == null
                ? null
                : new Evaluation.Result(
                        row.getInt("row_count"),
                        row.getObject("exact_matches", Integer.class),
                        metrics == null ? Map.of() : JsonColumn.read(metrics, METRICS),
                        JsonColumn.read(samples, SAMPLES));
    }
}
