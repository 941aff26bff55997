package dev.anneal.service.results.push;

import dev.anneal.service.models.hub.PushTarget;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.push.HubPush.Destination;
import org.springframework.stereotype.Component;

/** What clients do with pushes. */
@Component
@ConditionalOnRole(Role.API)
public final class Pushes {

    /** So that one tenant does not have the others wait for long. */
    private static final int MOST_UNFINISHED = 10;

    private final TenantDatabase database;
    private final PushStore store;
    private final PushTarget target;
    private final Identifiers identifiers;

    Pushes(TenantDatabase database, PushStore store, PushTarget target, Identifiers identifiers) {
        this.database = database;
        this.store = store;
        this.target = target;
        this.identifiers = identifiers;
    }

    /**
     * Has an export of the tenant pushed.
     *
     * @param origin what it is made from: id of a job, or of the file of an uploaded adapter
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
            if (!store.lockExport(export.number())) {
                throw Refusal.notFound("export", export.id(), "export_id");
            }
            if (store.unfinished(tenantId) >= MOST_UNFINISHED) {
                throw new Refusal(
                        RefusalCode.QUEUE_FULL,
                        MOST_UNFINISHED + " pushes of this project have not ended; push again when one has");
            }
            String id = identifiers.next("ftpush-");
            store.insert(tenantId, id, export.number(), to);
            return store.byId(id).orElseThrow();
        });
    }

    private void requireAllowed(String repo) {
        if (!target.isConfigured()) {
            throw new Refusal(
                    RefusalCode.HUB_PUSH_NOT_CONFIGURED,
                    "This installation pushes nothing to a Hub. The operator can change that by anneal.hub.push-token"
                            + " and anneal.hub.push-repos.");
        }
        if (!target.allows(repo)) {
            throw new Refusal(
                    RefusalCode.HUB_REPO_NOT_ALLOWED,
                    "'" + repo + "' is none of the repositories that this installation pushes to: "
                            + (target.repos().isEmpty() ? "there are none" : String.join(", ", target.repos()))
                            + ". The operator allows others by anneal.hub.push-repos.",
                    "repo_id");
        }
    }

    /** How far a push of the export is. */
    public Push find(String tenantId, Export export, String pushId) {
        return database.call(tenantId, () -> store.byId(pushId))
                .filter(push -> push.exportId().equals(export.id()))
                .orElseThrow(() -> Refusal.notFound("push", pushId, "push_id"));
    }

    /** A page of the export's pushes, newest first unless the request says otherwise. */
    public Page<Push> list(String tenantId, Export export, PageRequest request) {
        return database.call(tenantId, () -> {
            String after = request.after();
            if (after != null
                    && store.byId(after)
                            .filter(push -> push.exportId().equals(export.id()))
                            .isEmpty()) {
                throw Refusal.invalidCursor("a push of this export", after);
            }
            return Page.of(store.page(export.number(), request), request);
        });
    }
}
