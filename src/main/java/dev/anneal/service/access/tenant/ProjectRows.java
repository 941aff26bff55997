package dev.anneal.service.access.tenant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Reads projects. */
interface ProjectRows extends Repository<ProjectRow, String> {

    Optional<Project> findProjectById(String id);

    @Query("""
            SELECT project FROM ProjectRow project
            WHERE (project.createdAt, project.id) > (:createdAt, :id)
              AND (project.archivedAt IS NULL OR :archived = true)
            ORDER BY project.createdAt, project.id
            """)
    List<Project> findAfter(Instant createdAt, String id, boolean archived, Limit limit);

    @Query("""
            SELECT project FROM ProjectRow project
            WHERE (project.createdAt, project.id) < (:createdAt, :id)
              AND (project.archivedAt IS NULL OR :archived = true)
            ORDER BY project.createdAt DESC, project.id DESC
            """)
    List<Project> findBefore(Instant createdAt, String id, boolean archived, Limit limit);
}
