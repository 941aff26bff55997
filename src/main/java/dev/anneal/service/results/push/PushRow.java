package dev.anneal.service.results.push;

import dev.anneal.service.results.push.HubPush.Destination;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A row of {@code hub_push}. */
@Entity
@Immutable
@Table(name = "hub_push")
class PushRow {

    @Id
    @Column(name = "id")
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable
    Long key;

    @Column(name = "external_id")
    String id;

    String tenantId;

    @Column(name = "export_id")
    long exportKey;

    @Formula("(SELECT export.external_id FROM export WHERE export.id = export_id)")
    @Nullable
    String exportId;

    @Generated
    @Nullable
    Instant createdAt;

    @Nullable
    Instant finishedAt;

    String repo;

    @Column(name = "private")
    boolean isPrivate;

    String revision;
    String commitMessage;

    @Enumerated(EnumType.STRING)
    Push.State state = Push.State.QUEUED;

    Push.@Nullable Commit commit;

    Push.@Nullable Failure error;

    PushRow(String tenantId, String id, long exportKey, Destination to) {
        this.tenantId = tenantId;
        this.id = id;
        this.exportKey = exportKey;
        this.repo = to.repo();
        this.isPrivate = to.isPrivate();
        this.revision = to.revision();
        this.commitMessage = to.message();
    }

    /** For Hibernate. */
    @SuppressWarnings("NullAway")
    protected PushRow() {}
}
