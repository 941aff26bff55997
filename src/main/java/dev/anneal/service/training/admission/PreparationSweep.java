package dev.anneal.service.training.admission;

import dev.anneal.service.files.check.FileChecked;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.job.JobStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Moves jobs out of state VALIDATING: those of a file when the file has been checked, and all of them regularly,
 * because the responsible process may have died.
 */
@Component
@ConditionalOnRole(Role.API)
final class PreparationSweep {

    private static final Logger LOG = LoggerFactory.getLogger(PreparationSweep.class);
    private static final int PAGE = 100;

    /** The condition on finished_at is redundant, but enables the small index of unfinished work. */
    private static final String VALIDATING = """
            SELECT work.id AS work_id, job.external_id, job.tenant_id
            FROM work
            JOIN job ON job.work_id = work.id
            WHERE work.kind = 'TRAIN' AND work.state = 'VALIDATING' AND work.finished_at IS NULL AND work.id > :after
            """;

    /** Reads by id, so that jobs that stay do not hide later ones. */
    private static final String PAGE_OF_ALL = VALIDATING + "ORDER BY work.id LIMIT :limit";

    private static final String PAGE_OF_FILE = VALIDATING + """
              AND job.tenant_id = :tenant AND :file IN (job.training_file, job.validation_file)
            ORDER BY work.id
            LIMIT :limit
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final TenantDatabase database;
    private final JobStore store;
    private final JobPreparation preparation;

    PreparationSweep(
            JdbcClient jdbc,
            SystemDatabase system,
            TenantDatabase database,
            JobStore store,
            JobPreparation preparation) {
        this.jdbc = jdbc;
        this.system = system;
        this.database = database;
        this.store = store;
        this.preparation = preparation;
    }

    /** A job that waits for its files. */
    private record Waiting(long workId, String externalId, String tenantId) {}

    @EventListener
    void fileChecked(FileChecked checked) {
        walk(PAGE_OF_FILE, Map.of("tenant", checked.tenantId(), "file", checked.fileId()));
    }

    void runOnce() {
        walk(PAGE_OF_ALL, Map.of());
    }

    private void walk(String query, Map<String, String> parameters) {
        List<Waiting> page = page(query, parameters, 0);
        while (!page.isEmpty()) {
            page.forEach(this::advance);
            page = page.size() < PAGE
                    ? List.of()
                    : page(query, parameters, page.get(page.size() - 1).workId());
        }
        preparation.startCounting();
    }

    private List<Waiting> page(String query, Map<String, String> parameters, long after) {
        return system.call(() -> jdbc.sql(query)
                .params(parameters)
                .param("after", after)
                .param("limit", PAGE)
                .query(Waiting.class)
                .list());
    }

    /** A job that fails here must not block the others. */
    private void advance(Waiting waiting) {
        try {
            Optional<WorkError> fault = database.call(
                    waiting.tenantId(),
                    () -> store.byId(waiting.externalId())
                            .filter(job -> job.state() == WorkState.VALIDATING)
                            .flatMap(preparation::advance));
            fault.ifPresent(error -> LOG.warn(
                    "{} stays in validation, for {}; the next sweep tries again",
                    waiting.externalId(),
                    error.message()));
        } catch (RuntimeException e) {
            LOG.warn("{} stays in validation; the next sweep tries again", waiting.externalId(), e);
        }
    }
}
