package dev.anneal.service.access.tenant;

import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TimeColumn;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Projects, which are the tenants with a name. Those of {@code anneal.api-keys} are among them as soon as somebody asks. */
@Component
public final class Projects {

    private static final String COLUMNS = "id, coalesce(name, id) AS name, created_at, archived_at";
    private static final String PARAMETER = "project_id";

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final Identifiers identifiers;
    private final RecentReads recent;
    private final Clock clock;
    private final Set<String> configured;

    Projects(
            JdbcClient jdbc,
            SystemDatabase database,
            TenantProperties properties,
            Identifiers identifiers,
            RecentReads recent,
            Clock clock) {
        this.jdbc = jdbc;
        this.database = database;
        this.identifiers = identifiers;
        this.recent = recent;
        this.clock = clock;
        this.configured = properties.apiKeys().stream()
                .map(entry -> ApiKey.parse(entry).tenant().id())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Makes a project.
     *
     * @param id of the tenant; null for one that nobody has to think of
     */
    public Project create(String name, @Nullable String id) {
        String tenant = id == null ? identifiers.next("proj-") : id;
        int made = call(() -> enter(tenant, name));
        if (made == 0) {
            throw Refusal.invalidValue("id", "'id' must be new, but a project '" + tenant + "' exists");
        }
        return find(tenant);
    }

    public Project find(String id) {
        return call(() -> jdbc.sql("SELECT " + COLUMNS + " FROM tenant WHERE id = ?")
                        .param(id)
                        .query((row, number) -> read(row))
                        .optional())
                .orElseThrow(() -> Refusal.notFound("project", id, PARAMETER));
    }

    /** The project, if its credentials still work. */
    public Project findOpen(String id) {
        Project project = find(id);
        if (project.isArchived()) {
            throw new Refusal(
                    RefusalCode.PROJECT_ARCHIVED,
                    "Project '" + id + "' is archived, which cannot be undone. Make another one.",
                    PARAMETER);
        }
        return project;
    }

    public Page<Project> list(PageRequest page, boolean includeArchived) {
        String order = page.ascending() ? "ASC" : "DESC";
        String behind = page.after() == null
                ? ""
                : "AND (created_at, id) " + (page.ascending() ? ">" : "<")
                        + " (SELECT created_at, id FROM tenant WHERE id = :after)";
        return call(() -> {
            requireCursor(page.after());
            List<Project> rows = jdbc.sql("SELECT " + COLUMNS + " FROM tenant WHERE (archived_at IS NULL OR :all) "
                            + behind + " ORDER BY created_at " + order + ", id " + order + " LIMIT :limit")
                    .param("all", includeArchived)
                    .param("after", page.after())
                    .param("limit", page.rowsToRead())
                    .query((row, number) -> read(row))
                    .list();
            return Page.of(rows, page);
        });
    }

    public Project rename(String id, String name) {
        findOpen(id);
        database.run(() -> jdbc.sql("UPDATE tenant SET name = ? WHERE id = ?")
                .params(name, id)
                .update());
        return find(id);
    }

    /** From now on the project's credentials no longer work. What it owns stays, and what it has queued goes on. */
    public Project archive(String id) {
        find(id);
        database.run(() -> jdbc.sql("UPDATE tenant SET archived_at = ? WHERE id = ? AND archived_at IS NULL")
                .params(Timestamp.from(clock.instant()), id)
                .update());
        recent.forget();
        return find(id);
    }

    private <T> T call(Supplier<T> work) {
        return database.call(() -> {
            configured.forEach(tenant -> enter(tenant, null));
            return work.get();
        });
    }

    private int enter(String id, @Nullable String name) {
        return jdbc.sql(
                        "INSERT INTO tenant (id, name, created_at) VALUES (:id, :name, :now) ON CONFLICT (id) DO NOTHING")
                .param("id", id)
                .param("name", name)
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }

    private void requireCursor(@Nullable String after) {
        boolean known = after == null
                || jdbc.sql("SELECT EXISTS (SELECT FROM tenant WHERE id = ?)")
                        .param(after)
                        .query(Boolean.class)
                        .single();
        if (!known) {
            throw Refusal.invalidCursor("a project", Objects.requireNonNull(after));
        }
    }

    private static Project read(ResultSet row) throws SQLException {
        return new Project(
                row.getString("id"),
                row.getString("name"),
                row.getTimestamp("created_at").toInstant(),
                TimeColumn.read(row, "archived_at"));
    }
}
