package dev.anneal.service.training.job;

import dev.anneal.service.models.catalog.ModelNames;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.training.history.Checkpoints;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Models of finished jobs, by name. A checkpoint is a model as well: {@code <name>:ckpt-step-<n>}. */
@Component
public final class TunedModels {

    private static final String INSERT = """
            INSERT INTO tuned_model (name, tenant_id, job_id, created_at)
            VALUES (:name, :tenant, :job, clock_timestamp())
            """;

    private static final String SELECT =
            "SELECT name, job_id AS job, created_at FROM tuned_model WHERE deleted_at IS NULL";
    private static final String LIST = SELECT + " ORDER BY created_at DESC, name";
    private static final String NEWEST = LIST + " LIMIT 1000";
    private static final String FIND = SELECT + " AND name = :name";

    private static final String DELETE =
            "UPDATE tuned_model SET deleted_at = clock_timestamp() WHERE name = :name AND deleted_at IS NULL";

    private final JdbcClient jdbc;
    private final TenantDatabase database;
    private final Checkpoints checkpoints;
    private final JobStore jobs;

    TunedModels(JdbcClient jdbc, TenantDatabase database, Checkpoints checkpoints, JobStore jobs) {
        this.jdbc = jdbc;
        this.database = database;
        this.checkpoints = checkpoints;
        this.jobs = jobs;
    }

    /**
     * The stored form of a model's name. Clients that build names from base model ids use a slash where the name has
     * two hyphens.
     */
    public static String publishedName(String name) {
        return name.replace("/", "--");
    }

    /** Whether a name is that of a tuned model. */
    public static boolean isTuned(String name) {
        return name.startsWith("ft:");
    }

    /** Records the job's model. */
    public void record(Job job) {
        jdbc.sql(INSERT)
                .param("name", job.modelName())
                .param("tenant", job.tenantId())
                .param("job", job.number())
                .update();
    }

    /** The tenant's models, newest first. */
    public List<TunedModel> list(String tenantId) {
        return database.call(
                tenantId, () -> jdbc.sql(LIST).query(TunedModel.class).list());
    }

    /** Names of the tenant's newest models, for suggestions. */
    public List<String> names() {
        return jdbc.sql(NEWEST).query(TunedModel.class).list().stream()
                .map(TunedModel::name)
                .toList();
    }

    /** A suggestion to append to a refusal of an unknown name. */
    public String didYouMean(String name) {
        return ModelNames.didYouMean(name, names());
    }

    public Optional<UsableModel> find(String tenantId, String name) {
        return database.call(tenantId, () -> find(name));
    }

    /** The model or checkpoint with this name, with the transaction's role. */
    public Optional<UsableModel> find(String name) {
        Optional<TunedModelName.OfCheckpoint> checkpoint = TunedModelName.parseCheckpoint(name);
        String model = checkpoint.map(TunedModelName.OfCheckpoint::model).orElse(name);
        return jdbc.sql(FIND)
                .param("name", model)
                .query(TunedModel.class)
                .optional()
                .flatMap(found -> (checkpoint.isPresent()
                                ? checkpoints.atStep(
                                        found.job(), checkpoint.get().step())
                                : checkpoints.newest(found.job()))
                        .map(saved -> UsableModel.of(
                                new TunedModel(name, found.job(), found.createdAt()),
                                saved,
                                jobs.byNumber(found.job()).orElseThrow())));
    }

    /**
     * Deletes the name. The job, its checkpoints and exports are kept.
     *
     * @throws Refusal {@code not_found}
     */
    public void delete(String tenantId, String name) {
        database.run(tenantId, () -> {
            if (jdbc.sql(DELETE).param("name", name).update() == 0) {
                throw Refusal.notFound("model", name, "model", didYouMean(name));
            }
        });
    }
}
