package dev.anneal.service.results.export;

import dev.anneal.protocol.Progress;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.training.job.Job;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Rows of exports. Every method runs in its caller's transaction and sees what that transaction's role may see. */
@Component
final class ExportStore {

    private static final String INSERT = """
            INSERT INTO export (tenant_id, external_id, job_id, checkpoint_id, work_id, created_at, kind, dtype, name, base_revision)
            VALUES (:tenant, :id, :job, :checkpoint, :work, clock_timestamp(), :kind, :dtype, :name,
                    (SELECT base_revision FROM job WHERE id = :job))
            """;

    private static final String INSERT_OF_ADAPTER = """
            INSERT INTO export (tenant_id, external_id, adapter_file, adapter_model, validation_file, work_id, created_at, kind, dtype, name,
                                base_revision)
            VALUES (:tenant, :id, :adapter, :model, :validation, :work, clock_timestamp(), :kind, :dtype, :name, :revision)
            """;

    private static final String SELECT = """
            SELECT export.id, export.external_id, export.job_id, export.work_id, export.created_at, export.kind, export.dtype,
                   export.name, export.base_revision, export.adapter_file, export.adapter_model, export.validation_file,
                   checkpoint.external_id AS checkpoint_id, checkpoint.step, checkpoint.beta
            FROM export
            LEFT JOIN checkpoint ON checkpoint.id = export.checkpoint_id
            """;

    private static final String KEPT = " FOR KEY SHARE OF export";
    private static final String BY_ID = SELECT + "WHERE export.external_id = :value";

    /** The lock keeps the export until the transaction has written that it uses it. */
    private static final String BY_ID_FOR_USE = BY_ID + KEPT;

    private static final String BY_WORK = SELECT + "WHERE export.work_id = :value";
    private static final String BY_NUMBER = SELECT + "WHERE export.id = :value";

    private static final String PAGE = SELECT + """
            WHERE %s AND (CAST(:after AS text) IS NULL OR export.external_id %s :after)
            ORDER BY export.external_id %s
            LIMIT :limit
            """;

    private static final String OF_JOB = "export.job_id = :job";
    private static final String OF_NO_JOB = "export.job_id IS NULL";

    private static final String SAME = SELECT + """
            JOIN work ON work.id = export.work_id AND work.state NOT IN ('FAILED', 'CANCELLED')
            WHERE export.job_id = :job
              AND export.checkpoint_id = :checkpoint
              AND export.kind = :kind
              AND export.dtype = :dtype
              AND export.name IS NOT DISTINCT FROM CAST(:name AS text)
            ORDER BY export.external_id DESC
            LIMIT 1
            FOR KEY SHARE OF export
            """;

    private static final String SAME_OF_ADAPTER = SELECT + """
            JOIN work ON work.id = export.work_id AND work.state NOT IN ('FAILED', 'CANCELLED')
            WHERE export.adapter_file = :adapter
              AND export.adapter_model = :model
              AND export.base_revision IS NOT DISTINCT FROM CAST(:revision AS text)
              AND export.validation_file IS NOT DISTINCT FROM CAST(:validation AS text)
              AND export.kind = :kind
              AND export.dtype = :dtype
              AND export.name IS NOT DISTINCT FROM CAST(:name AS text)
            ORDER BY export.external_id DESC
            LIMIT 1
            FOR KEY SHARE OF export
            """;

    private static final String RESULTS = """
            SELECT id, directory, proof
            FROM export
            WHERE id = ANY (:exports) AND directory IS NOT NULL
            """;

    private static final String FILES = """
            SELECT export_id, name, bytes, sha256
            FROM export_file
            WHERE export_id = ANY (:exports)
            ORDER BY export_id, name
            """;

    private static final String COMPLETE =
            "UPDATE export SET directory = :directory, proof = CAST(:proof AS jsonb) WHERE id = :export";

    private static final String ADD_FILE = """
            INSERT INTO export_file (export_id, name, tenant_id, bytes, sha256)
            SELECT id, :name, tenant_id, :bytes, :sha256
            FROM export
            WHERE id = :export
            """;

    /** Not against the keys of rows that refer to the job: its worker adds such rows all the time. */
    private static final String LOCK_JOB = "SELECT id FROM job WHERE id = :job FOR NO KEY UPDATE";

    /** Two deliveries of one request wait for each other here, so that the same arguments make one export. */
    private static final String LOCK_ADAPTER = "SELECT pg_advisory_xact_lock(hashtextextended(:name, 1))";

    private final JdbcClient jdbc;
    private final WorkQueue queue;
    private final Files files;

    ExportStore(JdbcClient jdbc, WorkQueue queue, Files files) {
        this.jdbc = jdbc;
        this.queue = queue;
        this.files = files;
    }

    /**
     * Id of the file whose first rows join the prompts on which a merge is proved: the job's validation file, or its training file. It is
     * not deleted before the end of the transaction. Nothing if it is gone, which it may be once its job has ended, or if the export
     * proves nothing.
     */
    Optional<String> lockProbeFile(ExportKind kind, Job job) {
        if (kind != ExportKind.MERGED) {
            return Optional.empty();
        }
        String validationFile = job.request().validationFile();
        String probed = validationFile == null ? job.request().trainingFile() : validationFile;
        return files.lockForUse(probed).map(StoredFile::id);
    }

    /** An export that is being created. */
    record NewExport(String tenantId, String id, long job, long checkpoint, long workId, ExportRequest request) {}

    /**
     * An export of an uploaded adapter.
     *
     * @param revision commit of the Hub that its base model is; null for one from the operator's folder
     */
    record OfModel(AdapterExportRequest request, @Nullable String revision) {}

    /** Until the end of the transaction. */
    void lockAdapter(String fileId) {
        jdbc.sql(LOCK_ADAPTER).param("name", fileId).query((row, index) -> true).single();
    }

    /** Two calls for one job wait for each other, so that the same arguments make one export. */
    void lockJob(long job) {
        jdbc.sql(LOCK_JOB).param("job", job).query(Long.class).single();
    }

    void insert(NewExport export) {
        jdbc.sql(INSERT)
                .param("tenant", export.tenantId())
                .param("id", export.id())
                .param("job", export.job())
                .param("checkpoint", export.checkpoint())
                .param("work", export.workId())
                .param("kind", export.request().kind().wireName())
                .param("dtype", export.request().dtype())
                .param("name", export.request().name())
                .update();
    }

    void insert(String tenantId, String id, long work, OfModel wanted) {
        bound(jdbc.sql(INSERT_OF_ADAPTER), wanted)
                .param("tenant", tenantId)
                .param("id", id)
                .param("work", work)
                .update();
    }

    /** As the other {@code same}. */
    Optional<Export> same(OfModel wanted) {
        return first(bound(jdbc.sql(SAME_OF_ADAPTER), wanted));
    }

    private static JdbcClient.StatementSpec bound(JdbcClient.StatementSpec sql, OfModel wanted) {
        AdapterExportRequest request = wanted.request();
        return sql.param("revision", wanted.revision())
                .param("adapter", request.origin().fileId())
                .param("model", request.origin().model())
                .param("validation", request.origin().validationFile())
                .param("kind", request.form().kind().wireName())
                .param("dtype", request.form().dtype())
                .param("name", request.form().name());
    }

    Optional<Export> byId(String id) {
        return one(BY_ID, id);
    }

    /** The export, which retention does not remove before the end of the transaction. */
    Optional<Export> lockForUse(String id) {
        return one(BY_ID_FOR_USE, id);
    }

    Optional<Export> byWork(long workId) {
        return one(BY_WORK, workId);
    }

    Optional<Export> byNumber(long number) {
        return one(BY_NUMBER, number);
    }

    /** The newest export that the same arguments made and that has not failed. */
    Optional<Export> same(long job, long checkpoint, ExportRequest request) {
        return first(jdbc.sql(SAME)
                .param("job", job)
                .param("checkpoint", checkpoint)
                .param("kind", request.kind().wireName())
                .param("dtype", request.dtype())
                .param("name", request.name()));
    }

    List<Export> page(long job, PageRequest request) {
        return page(OF_JOB, Map.of("job", job), request);
    }

    List<Export> pageOfAdapters(PageRequest request) {
        return page(OF_NO_JOB, Map.of(), request);
    }

    private List<Export> page(String condition, Map<String, Object> parameters, PageRequest request) {
        String query =
                request.ascending() ? PAGE.formatted(condition, ">", "ASC") : PAGE.formatted(condition, "<", "DESC");
        return assemble(jdbc.sql(query)
                .params(parameters)
                .param("after", request.after())
                .param("limit", request.rowsToRead())
                .query(ExportStore::row)
                .list());
    }

    void complete(long export, Progress.Exported exported, String directory) {
        jdbc.sql(COMPLETE)
                .param("export", export)
                .param("directory", directory)
                .param("proof", exported.proof())
                .update();
        for (Progress.Exported.File file : exported.files()) {
            jdbc.sql(ADD_FILE)
                    .param("export", export)
                    .param("name", file.name())
                    .param("bytes", file.bytes())
                    .param("sha256", file.sha256())
                    .update();
        }
    }

    private Optional<Export> one(String query, Object value) {
        return first(jdbc.sql(query).param("value", value));
    }

    private Optional<Export> first(JdbcClient.StatementSpec query) {
        return assemble(query.query(ExportStore::row).list()).stream().findFirst();
    }

    /** Work is read before results: what has succeeded by then has one. */
    private List<Export> assemble(List<Row> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        Map<Long, Work> work = queue.findAll(rows.stream().map(Row::workId).toList()).stream()
                .collect(Collectors.toMap(Work::id, Function.identity()));
        Map<Long, Export.Result> results =
                results(rows.stream().map(Row::number).toArray(Long[]::new));
        return rows.stream().map(row -> row.with(work, results)).toList();
    }

    private Map<Long, Export.Result> results(Long[] exports) {
        Map<Long, Export.Result> results = new HashMap<>();
        jdbc.sql(RESULTS).param("exports", exports).query(row -> {
            results.put(
                    row.getLong("id"),
                    new Export.Result(
                            row.getString("directory"), JsonColumn.readMap(row.getString("proof")), List.of()));
        });
        Map<Long, List<Export.File>> files = jdbc
                .sql(FILES)
                .param("exports", exports)
                .query((row, index) -> Map.entry(
                        row.getLong("export_id"),
                        new Export.File(row.getString("name"), row.getLong("bytes"), row.getString("sha256"))))
                .list()
                .stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        results.replaceAll((export, result) ->
                new Export.Result(result.directory(), result.proof(), files.getOrDefault(export, List.of())));
        return results;
    }

    /** An export without its result and the state of its work. */
    private record Row(
            long number,
            String id,
            Export.Origin origin,
            long workId,
            Instant createdAt,
            ExportKind kind,
            String dtype,
            @Nullable String name,
            @Nullable String baseRevision) {

        Export with(Map<Long, Work> work, Map<Long, Export.Result> results) {
            Work own = work.get(workId);
            if (own == null) {
                throw new IllegalStateException("export " + id + " has lost its work " + workId);
            }
            return new Export(number, id, origin, createdAt, kind, dtype, name, baseRevision, results.get(number), own);
        }
    }

    private static Export.Origin origin(ResultSet row) throws SQLException {
        String adapter = row.getString("adapter_file");
        return adapter == null
                ? new Export.OfCheckpoint(
                        row.getLong("job_id"),
                        row.getString("checkpoint_id"),
                        row.getInt("step"),
                        row.getDouble("beta"))
                : new Export.OfAdapter(adapter, row.getString("adapter_model"), row.getString("validation_file"));
    }

    private static Row row(ResultSet row, int index) throws SQLException {
        return new Row(
                row.getLong("id"),
                row.getString("external_id"),
                origin(row),
                row.getLong("work_id"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                ExportKind.ofWire(row.getString("kind")),
                row.getString("dtype"),
                row.getString("name"),
                row.getString("base_revision"));
    }
}
