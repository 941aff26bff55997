package dev.anneal.service.notification.mlflow;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Reports exports: creates a version of a registered model for each, and sets the alias of the newest. */
final class ModelVersionSender implements Sender {

    private static final String ADMIT = """
            INSERT INTO mlflow_model_version (export_id, tenant_id)
            SELECT export.id, export.tenant_id
            FROM finished_export AS export
            JOIN mlflow_run ON mlflow_run.job_id = export.job_id
            WHERE export.finished_at > clock_timestamp() - make_interval(secs => :backfill)
              AND export.kind <> 'training_state'
              AND NOT EXISTS (SELECT FROM mlflow_model_version AS version WHERE version.export_id = export.id)
            ON CONFLICT DO NOTHING
            """;

    private static final String READ = """
            SELECT export.external_id AS export_id, export.job_id AS job, export.kind, export.dtype, version.version
            FROM mlflow_model_version AS version
            JOIN finished_export AS export ON export.id = version.export_id
            WHERE version.export_id = :export
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final JobStore jobs;
    private final RunStore runs;
    private final MlflowClient client;
    private final MlflowProperties properties;
    private final Outbox outbox;

    ModelVersionSender(
            JdbcClient jdbc,
            SystemDatabase database,
            JobStore jobs,
            RunStore runs,
            MlflowClient client,
            MlflowProperties properties) {
        this.jdbc = jdbc;
        this.database = database;
        this.jobs = jobs;
        this.runs = runs;
        this.client = client;
        this.properties = properties;
        this.outbox = new Outbox(jdbc, database, "mlflow_model_version", "export_id");
    }

    /**
     * An export.
     *
     * @param job internal key
     * @param version version on the server; null until it is created
     */
    record ExportRow(
            String exportId,
            long job,
            String kind,
            String dtype,
            @Nullable String version) {}

    @Override
    public Outbox outbox() {
        return outbox;
    }

    @Override
    public void admit() {
        database.run(() -> jdbc.sql(ADMIT)
                .param("backfill", properties.backfill().toSeconds())
                .update());
    }

    @Override
    public String describe(long row) {
        return "the model version of export " + read(row).exportId;
    }

    private ExportRow read(long export) {
        return database.call(() ->
                jdbc.sql(READ).param("export", export).query(ExportRow.class).single());
    }

    @Override
    public void send(long row) throws MlflowException {
        ExportRow export = read(row);
        Job job = database.call(() -> jobs.byNumber(export.job)).orElseThrow();
        Optional<String> run = database.call(() -> runs.runOf(export.job));
        if (run.isEmpty()) {
            outbox.pause(row, properties.interval());
            return;
        }
        String model = MlflowNames.model(job.modelName());
        String version = export.version == null ? make(row, model, run.get(), job, export) : export.version;
        client.post("registered-models/alias", Map.of("name", model, "alias", properties.alias(), "version", version));
        outbox.write(row, "state = 'DONE', refusals = 0", Map.of());
    }

    private String make(long row, String model, String run, Job job, ExportRow export) throws MlflowException {
        register(model);
        String source = "anneal:/v1/fine_tuning/jobs/" + job.id() + "/exports/" + export.exportId;
        String found = find(run, source);
        String version = found == null ? create(model, run, source, job, export) : found;
        outbox.write(row, "version = :version", Map.of("version", version));
        return version;
    }

    private void register(String model) throws MlflowException {
        try {
            client.post("registered-models/create", Map.of("name", model));
        } catch (MlflowException e) {
            if (!e.is("RESOURCE_ALREADY_EXISTS")) {
                throw e;
            }
        }
    }

    /** The version that an earlier attempt created; null if there is none. */
    private @Nullable String find(String run, String source) throws MlflowException {
        JsonNode answer =
                client.get("model-versions/search", Map.of("filter", "run_id = '" + run + "'", "max_results", "1000"));
        for (JsonNode version : answer.path("model_versions")) {
            if (version.path("source").asString("").equals(source)) {
                return Experiments.required(version, "/version");
            }
        }
        return null;
    }

    private String create(String model, String run, String source, Job job, ExportRow export) throws MlflowException {
        Map<String, Object> body = new HashMap<>();
        body.put("name", model);
        body.put("source", source);
        body.put("run_id", run);
        body.put("tags", tags(job, export));
        return Experiments.required(client.post("model-versions/create", body), "/model_version/version");
    }

    private static List<Map<String, Object>> tags(Job job, ExportRow export) {
        return RunDescription.pairs(Map.of(
                RunDescription.JOB_TAG,
                job.id(),
                "anneal.export_id",
                export.exportId,
                "anneal.kind",
                export.kind,
                "anneal.dtype",
                export.dtype,
                "anneal.fine_tuned_model",
                job.modelName()));
    }
}
