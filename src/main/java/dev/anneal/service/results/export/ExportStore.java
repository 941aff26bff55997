package dev.anneal.service.results.export;

import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.WireName;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.training.job.Job;
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

/** Rows of exports. Every method runs in its caller's transaction, with that transaction's role. */
@Component
final class ExportStore {

    private static final String INSERT = """
            INSERT INTO export (tenant_id, external_id, job_id, checkpoint_id, adapter_file, adapter_model,
                                validation_file, work_id, created_at, kind, dtype, format, name, base_revision)
            VALUES (:tenant, :id, :job, :checkpoint, :adapter, :model, :validation, :work, clock_timestamp(), :kind,
                    :dtype, :format, :name, :revision)
            """;

    private static final String WORK_OF = "SELECT work_id FROM export WHERE %s = :value";
    private static final String BY_ID = WORK_OF.formatted("external_id");
    private static final String BY_NUMBER = WORK_OF.formatted("id");

    /** The lock keeps the export until the transaction has recorded its use. */
    private static final String BY_ID_FOR_USE = BY_ID + " FOR KEY SHARE";

    private static final String PAGE = """
            SELECT work_id
            FROM export
            WHERE %s AND %s
            ORDER BY external_id %s
            LIMIT :limit
            """;

    private static final String OF_JOB = "job_id = :job";
    private static final String OF_NO_JOB = "job_id IS NULL";

    private static final String SAME = """
            SELECT export.work_id
            FROM export
            JOIN work ON work.id = export.work_id AND work.state NOT IN ('FAILED', 'CANCELLED')
            WHERE %s
              AND export.base_revision IS NOT DISTINCT FROM CAST(:revision AS text)
              AND export.kind = :kind
              AND export.dtype = :dtype
              AND export.format IS NOT DISTINCT FROM CAST(:format AS text)
              AND export.name IS NOT DISTINCT FROM CAST(:name AS text)
            ORDER BY export.external_id DESC
            LIMIT 1
            FOR KEY SHARE OF export
            """;

    private static final String SAME_OF_CHECKPOINT =
            SAME.formatted("export.job_id = :job AND export.checkpoint_id = :checkpoint");

    private static final String SAME_OF_ADAPTER =
            SAME.formatted("export.adapter_file = :adapter AND export.adapter_model = :model"
                    + " AND export.validation_file IS NOT DISTINCT FROM CAST(:validation AS text)");

    private static final String BY_WORK = """
            SELECT export.*, checkpoint.external_id AS checkpoint, checkpoint.step, checkpoint.beta,
                   (SELECT coalesce(json_agg(json_build_object('name', name, 'bytes', bytes, 'sha256',
                       sha256) ORDER BY name), '[]')
                    FROM export_file
                    WHERE export_id = export.id) AS files
            FROM export
            LEFT JOIN checkpoint ON checkpoint.id = export.checkpoint_id
            WHERE export.work_id = ANY (:works)
            ORDER BY array_position(:works, export.work_id)
            """;

    private static final TypeReference<List<Export.File>> EXPORT_FILES = new TypeReference<>() {};

    private static final String COMPLETE =
            "UPDATE export SET directory = :directory, proof = CAST(:proof AS jsonb) WHERE id = :export";

    private static final String ADD_FILE = """
            INSERT INTO export_file (export_id, name, tenant_id, bytes, sha256)
            SELECT id, :name, tenant_id, :bytes, :sha256
            FROM export
            WHERE id = :export
            """;

    /** Does not block inserts of rows that refer to the job, which its worker makes all the time. */
    private static final String LOCK_JOB = "SELECT id FROM job WHERE id = :job FOR NO KEY UPDATE";

    /** Serialises identical requests, so that they create only one export. */
    private static final String LOCK_ADAPTER = "SELECT pg_advisory_xact_lock(hashtextextended(:name, 1))";

    private final JdbcClient jdbc;
    private final WorkQueue queue;
    private final Files files;
    private final Identifiers identifiers;

    ExportStore(JdbcClient jdbc, WorkQueue queue, Files files, Identifiers identifiers) {
        this.jdbc = jdbc;
        this.queue = queue;
        this.files = files;
        this.identifiers = identifiers;
    }

    /**
     * Locks the file whose first rows are added to the probe prompts, the job's validation or training file, until the
     * end of the transaction. Empty if it was deleted, which is possible after the job's end, or if the export has no
     * proof.
     */
    Optional<String> lockProbeFile(ExportKind kind, Job job) {
        if (!kind.isProvedOnPrompts()) {
            return Optional.empty();
        }
        String validationFile = job.request().validationFile();
        String probed = validationFile == null ? job.request().trainingFile() : validationFile;
        return files.lockForUse(probed).map(StoredFile::id);
    }

    /** Locks the probe file of an uploaded adapter, if the client has named one, until the end of the transaction. */
    void lockValidationFile(@Nullable String id) {
        if (id != null) {
            files.requireChecked("validation_file", id);
        }
    }

    /**
     * A new export of a job's checkpoint or of the request's uploaded adapter.
     *
     * @param job internal key, null for an adapter
     * @param checkpoint internal key, null for an adapter
     * @param model id of the base model
     * @param revision the base model's commit on the Hub; null for one from the operator's folder
     */
    record NewExport(
            String tenantId,
            ExportRequest request,
            @Nullable Long job,
            @Nullable Long checkpoint,
            String model,
            @Nullable String revision) {}

    /** Serialises requests for the same adapter until the end of the transaction. */
    void lockAdapter(String fileId) {
        jdbc.sql(LOCK_ADAPTER).param("name", fileId).query((row, index) -> true).single();
    }

    /** Serialises requests for the same job, so that equal arguments create only one export. */
    void lockJob(long job) {
        jdbc.sql(LOCK_JOB).param("job", job).query(Long.class).single();
    }

    /** Queues the work that makes the export. */
    Export create(NewExport export, @Nullable String traceparent) {
        String id = identifiers.next("ftexp-");
        long work = queue.enqueue(new NewWork(
                export.tenantId(),
                WorkKind.EXPORT,
                export.request().kind().wireName(),
                NewWork.DEFAULT_PRIORITY,
                traceparent,
                List.of(NewWork.model(export.model(), export.revision()))));
        bound(INSERT, export)
                .param("tenant", export.tenantId())
                .param("id", id)
                .param("work", work)
                .update();
        return byId(id).orElseThrow();
    }

    /** The newest export with the same arguments that has not failed. */
    Optional<Export> same(NewExport export) {
        return first(bound(export.job() == null ? SAME_OF_ADAPTER : SAME_OF_CHECKPOINT, export));
    }

    private JdbcClient.StatementSpec bound(String sql, NewExport export) {
        ExportRequest request = export.request();
        Export.OfAdapter adapter = request.adapter();
        return jdbc.sql(sql)
                .param("job", export.job())
                .param("checkpoint", export.checkpoint())
                .param("adapter", adapter == null ? null : adapter.fileId())
                .param("model", adapter == null ? null : adapter.model())
                .param("validation", adapter == null ? null : adapter.validationFile())
                .param("revision", export.revision())
                .param("kind", request.kind().wireName())
                .param("dtype", request.dtype())
                .param(
                        "format",
                        request.format() == null ? null : request.format().wireName())
                .param("name", request.name());
    }

    Optional<Export> byId(String id) {
        return one(BY_ID, id);
    }

    /** The export, which retention does not remove before the end of the transaction. */
    Optional<Export> lockForUse(String id) {
        return one(BY_ID_FOR_USE, id);
    }

    Optional<Export> byWork(long workId) {
        return withWork(List.of(workId)).stream().findFirst();
    }

    Optional<Export> byNumber(long number) {
        return one(BY_NUMBER, number);
    }

    /** @param job internal key; null for exports of uploaded adapters */
    List<Export> page(@Nullable Long job, PageRequest request) {
        String condition = job == null ? OF_NO_JOB : OF_JOB;
        return withWork(jdbc.sql(PAGE.formatted(condition, request.after("external_id"), request.order()))
                .param("job", job)
                .param("after", request.after())
                .param("limit", request.rowsToRead())
                .query(Long.class)
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
        return query.query(Long.class).optional().flatMap(this::byWork);
    }

    /** Exports with this work, in its order. Reads the work first, so that succeeded work has its result in the row. */
    private List<Export> withWork(List<Long> ids) {
        Map<Long, Work> work = queue.findAll(ids).stream().collect(Collectors.toMap(Work::id, Function.identity()));
        return jdbc.sql(BY_WORK)
                .param("works", ids.toArray(Long[]::new))
                .query((row, index) -> export(row, Objects.requireNonNull(work.get(row.getLong("work_id")))))
                .list();
    }

    private static Export.Origin origin(ResultSet row) throws SQLException {
        String adapter = row.getString("adapter_file");
        return adapter == null
                ? new Export.OfCheckpoint(
                        row.getLong("job_id"), row.getString("checkpoint"), row.getInt("step"), row.getDouble("beta"))
                : new Export.OfAdapter(adapter, row.getString("adapter_model"), row.getString("validation_file"));
    }

    private static @Nullable DraftFormat format(@Nullable String name) {
        return name == null ? null : WireName.find(DraftFormat.class, name).orElseThrow();
    }

    private static Export export(ResultSet row, Work work) throws SQLException {
        return new Export(
                row.getLong("id"),
                row.getString("external_id"),
                origin(row),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                ExportKind.ofWire(row.getString("kind")),
                row.getString("dtype"),
                format(row.getString("format")),
                row.getString("name"),
                row.getString("base_revision"),
                result(row),
                work);
    }

    private static Export.@Nullable Result result(ResultSet row) throws SQLException {
        String directory = row.getString("directory");
        return directory == null
                ? null
                : new Export.Result(
                        directory,
                        JsonColumn.readMap(row.getString("proof")),
                        JsonColumn.read(row.getString("files"), EXPORT_FILES));
    }
}
