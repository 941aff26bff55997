package dev.anneal.service.results.push;

import dev.anneal.service.models.hub.HubProperties;
import dev.anneal.service.platform.database.EntityDatabase;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.push.HubPush.Destination;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/** Creates, finds and lists pushes for clients. */
@Component
@ConditionalOnRole(Role.API)
public final class Pushes {

    /** Limit of a tenant, so that its pushes do not delay others for long. */
    private static final int MOST_UNFINISHED = 10;

    private final EntityDatabase database;
    private final PushStore store;
    private final PushRows rows;
    private final HubProperties properties;
    private final Identifiers identifiers;

    Pushes(EntityDatabase database, PushStore store, PushRows rows, HubProperties properties, Identifiers identifiers) {
        this.database = database;
        this.store = store;
        this.rows = rows;
        this.properties = properties;
        this.identifiers = identifiers;
    }

    /**
     * Requests the push of an export of the tenant.
     *
     * @param origin origin of the export: id of a job, or of the file of an uploaded adapter
     */
    public Push create(String tenantId, Export export, String origin, PushRequest request) {
        requireAllowed(request.repo());
        export.requireResult("it can be pushed");
        String message = request.commitMessage();
        Destination to = new Destination(
                request.repo(),
                request.isPrivate(),
                request.revision(),
                message == null ? "Upload " + export.id() + " of " + origin + " with Anneal" : message);
        return database.call(tenantId, () -> {
            store.lockLimit(tenantId);
            if (!store.lockExport(export.number())) {
                throw Refusal.notFound("export", export.id(), "export_id");
            }
            if (rows.countByTenantIdAndFinishedAtIsNull(tenantId) >= MOST_UNFINISHED) {
                throw new Refusal(
                        RefusalCode.QUEUE_FULL,
                        MOST_UNFINISHED + " pushes of this project have not ended; push again when one has");
            }
            String id = identifiers.next("ftpush-");
            rows.saveAndFlush(new PushRow(tenantId, id, export.number(), to));
            return rows.findPushByIdAndExportKey(id, export.number()).orElseThrow();
        });
    }

    private void requireAllowed(String repo) {
        if (properties.pushToken() == null) {
            throw new Refusal(
                    RefusalCode.HUB_PUSH_NOT_CONFIGURED,
                    "This installation pushes nothing to a Hub. The operator can change that by anneal.hub.push-token"
                            + " and anneal.hub.push-repos.");
        }
        if (!properties.allowsPush(repo)) {
            throw new Refusal(
                    RefusalCode.HUB_REPO_NOT_ALLOWED,
                    "This installation does not push to the repository '" + repo + "'. It pushes to: "
                            + (properties.pushRepos().isEmpty() ? "none" : String.join(", ", properties.pushRepos()))
                            + ". The operator allows others by anneal.hub.push-repos.",
                    "repo_id");
        }
    }

    /** A push of the export. */
    public Push find(String tenantId, Export export, String pushId) {
        return database.call(tenantId, () -> rows.findPushByIdAndExportKey(pushId, export.number()))
                .orElseThrow(() -> Refusal.notFound("push", pushId, "push_id"));
    }

    /** A page of the export's pushes, newest first unless the request says otherwise. */
    public Page<Push> list(String tenantId, Export of, PageRequest request) {
        return database.call(tenantId, () -> {
            Limit limit = Limit.of(request.rowsToRead());
            long export = of.number();
            return Page.of(
                    request.ascending()
                            ? rows.findByExportKeyAndKeyGreaterThanOrderByKey(export, position(of, request, 0), limit)
                            : rows.findByExportKeyAndKeyLessThanOrderByKeyDesc(
                                    export, position(of, request, Long.MAX_VALUE), limit),
                    request);
        });
    }

    private long position(Export export, PageRequest request, long begin) {
        String after = request.after();
        return after == null
                ? begin
                : rows.findKey(after, export.number())
                        .orElseThrow(() -> Refusal.invalidCursor("a push of this export", after));
    }
}
