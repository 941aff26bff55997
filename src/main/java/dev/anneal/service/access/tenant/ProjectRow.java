package dev.anneal.service.access.tenant;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A row of {@code tenant}. */
@Entity
@Immutable
@Table(name = "tenant")
class ProjectRow {

    @Id
    String id;

    @Formula("coalesce(name, id)")
    String name;

    Instant createdAt;

    @Nullable
    Instant archivedAt;

    /** For Hibernate. */
    @SuppressWarnings("NullAway")
    protected ProjectRow() {}
}
