package dev.anneal.service.access.tenant;

import dev.anneal.service.platform.database.EntityDatabase;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Projects, which are tenants with names. Those of {@code anneal.api-keys} are added on the first request. */
@Component
public final class Projects {

    private static final String PARAMETER = "project_id";

    /** Positions before and after all projects. */
    private static final Project FIRST = new Project("", "", Instant.EPOCH, null);

    private static final Project LAST = new Project("", "", Instant.parse("9999-01-01T00:00:00Z"), null);

    private final JdbcClient jdbc;
    private final ProjectRows rows;
    private final EntityDatabase database;
    private final Identifiers identifiers;
    private final RecentReads recent;
    private final Clock clock;
    private final Set<String> configured;

    Projects(
            JdbcClient jdbc,
            ProjectRows rows,
            EntityDatabase database,
            TenantProperties properties,
            Identifiers identifiers,
            RecentReads recent,
            Clock clock) {
        this.jdbc = jdbc;
        this.rows = rows;
        this.database = database;
        this.identifiers = identifiers;
        this.recent = recent;
        this.clock = clock;
        this.configured = properties.apiKeys().stream()
                .map(entry -> ApiKey.parse(entry).tenant().id())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Creates a project.
     *
     * @param id id of the tenant; null for a generated one
     */
    public Project create(String name, @Nullable String id) {
        String tenant = id == null ? identifiers.next("proj-") : id;
        return call(() -> {
            if (enter(tenant, name) == 0) {
                throw Refusal.invalidValue("id", "'id' must be new, but a project '" + tenant + "' exists");
            }
            return require(tenant);
        });
    }

    public Project find(String id) {
        return call(() -> require(id));
    }

    private Project require(String id) {
        return rows.findProjectById(id).orElseThrow(() -> Refusal.notFound("project", id, PARAMETER));
    }

    /** The project, if its credentials still work. */
    public Project findOpen(String id) {
        return requireOpen(find(id));
    }

    private static Project requireOpen(Project project) {
        if (project.isArchived()) {
            throw new Refusal(
                    RefusalCode.PROJECT_ARCHIVED,
                    "Project '" + project.id() + "' is archived, which cannot be undone. Make another one.",
                    PARAMETER);
        }
        return project;
    }

    public Page<Project> list(PageRequest page, boolean includeArchived) {
        Limit limit = Limit.of(page.rowsToRead());
        return call(() -> {
            Project seen = seen(page);
            return Page.of(
                    page.ascending()
                            ? rows.findAfter(seen.createdAt(), seen.id(), includeArchived, limit)
                            : rows.findBefore(seen.createdAt(), seen.id(), includeArchived, limit),
                    page);
        });
    }

    private Project seen(PageRequest page) {
        String after = page.after();
        if (after == null) {
            return page.ascending() ? FIRST : LAST;
        }
        return rows.findProjectById(after).orElseThrow(() -> Refusal.invalidCursor("a project", after));
    }

    public Project rename(String id, String name) {
        return call(() -> {
            jdbc.sql("UPDATE tenant SET name = ? WHERE id = ? AND archived_at IS NULL")
                    .params(name, id)
                    .update();
            return requireOpen(require(id));
        });
    }

    /** Archives the project: its credentials no longer work, but its objects are kept and its queued work continues. */
    public Project archive(String id) {
        Project archived = call(() -> {
            jdbc.sql("UPDATE tenant SET archived_at = ? WHERE id = ? AND archived_at IS NULL")
                    .params(Timestamp.from(clock.instant()), id)
                    .update();
            return require(id);
        });
        recent.forget();
        return archived;
    }

    private <T> T call(Supplier<T> work) {
        return database.callAcrossTenants(() -> {
            configured.forEach(tenant -> enter(tenant, null));
            return work.get();
        });
    }

    private int enter(String id, @Nullable String name) {
        return jdbc.sql("""
                        INSERT INTO tenant (id, name, created_at)
                        VALUES (:id, :name, :now)
                        ON CONFLICT (id) DO NOTHING
                        """)
                .param("id", id)
                .param("name", name)
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }
}
