package dev.anneal.service.notification.webhook;

import dev.anneal.service.notification.webhook.WebhookEndpoint.Disabled;
import dev.anneal.service.notification.webhook.WebhookEndpoint.Settings;
import dev.anneal.service.notification.webhook.WebhookEndpoint.WithSecret;
import dev.anneal.service.platform.database.EntityDatabase;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.outbound.WebhookSignature;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.secret.SealedText;
import dev.anneal.service.platform.secret.Secrets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/** Tenants' operations on their endpoints. */
@Component
@ConditionalOnRole(Role.API)
public final class WebhookEndpoints {

    private static final Duration OLD_SECRET_STAYS = Duration.ofHours(24);
    private static final int SECRET_BYTES = 32;
    private static final int HINT_CHARACTERS = 4;
    private static final String BEHIND_ALL = "~";

    private final EntityDatabase database;
    private final EndpointRows rows;
    private final EndpointStore store;
    private final Secrets secrets;
    private final Identifiers identifiers;
    private final Clock clock;
    private final int maxEndpoints;
    private final SecureRandom random = new SecureRandom();

    WebhookEndpoints(
            EntityDatabase database,
            EndpointRows rows,
            EndpointStore store,
            Secrets secrets,
            Identifiers identifiers,
            Clock clock,
            WebhookProperties properties) {
        this.database = database;
        this.rows = rows;
        this.store = store;
        this.secrets = secrets;
        this.identifiers = identifiers;
        this.clock = clock;
        this.maxEndpoints = properties.maxEndpoints();
    }

    public WithSecret create(String tenantId, Settings settings, boolean isEnabled) {
        String id = identifiers.next("we_");
        String secret = newSecret();
        SealedText sealed = secrets.seal(EndpointStore.SECRET, id, secret);
        return database.call(tenantId, () -> {
            store.lockLimit(tenantId);
            if (rows.countBy() >= maxEndpoints) {
                throw new Refusal(
                        RefusalCode.INVALID_VALUE,
                        "A tenant may have " + maxEndpoints
                                + " webhook endpoints (anneal.webhooks.max-endpoints) and has reached this limit."
                                + " Delete one that is not used");
            }
            EndpointRow row = rows.saveAndFlush(new EndpointRow(tenantId, id, settings, sealed, hint(secret)));
            if (!isEnabled) {
                store.disable(Objects.requireNonNull(row.number), Disabled.REQUESTED);
            }
            return new WithSecret(require(id), secret);
        });
    }

    private String newSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return WebhookSignature.PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    /** The secret that signs events to the endpoint. */
    String secret(String tenantId, String endpointId) {
        SealedText sealed = database.call(tenantId, () -> store.lockSecret(endpointId));
        return secrets.open(EndpointStore.SECRET, endpointId, sealed);
    }

    /** Last characters before the base64 padding. */
    private static String hint(String secret) {
        String digits = secret.replace("=", "");
        return digits.substring(digits.length() - HINT_CHARACTERS);
    }

    public WebhookEndpoint find(String tenantId, String id) {
        return database.call(tenantId, () -> require(id));
    }

    WebhookEndpoint require(String id) {
        return rows.findEndpointById(id)
                .orElseThrow(() -> Refusal.notFound("webhook endpoint", id, "webhook_endpoint_id"));
    }

    /**
     * Newest first unless the request says otherwise. Ids sort by creation, so a page can continue after a deleted
     * endpoint.
     */
    public Page<WebhookEndpoint> list(String tenantId, PageRequest request) {
        String after = request.after();
        if (after != null && !after.startsWith("we_")) {
            throw Refusal.invalidCursor("a webhook endpoint", after);
        }
        Limit limit = Limit.of(request.rowsToRead());
        return database.call(
                tenantId,
                () -> Page.of(
                        request.ascending()
                                ? rows.findByIdGreaterThanOrderById(after == null ? "" : after, limit)
                                : rows.findByIdLessThanOrderByIdDesc(after == null ? BEHIND_ALL : after, limit),
                        request));
    }

    /**
     * Changes an endpoint, one change at a time.
     *
     * @param isEnabled null to leave it as it is
     */
    public WebhookEndpoint update(
            String tenantId, String id, UnaryOperator<Settings> change, @Nullable Boolean isEnabled) {
        return database.call(tenantId, () -> {
            store.lock(require(id).number());
            WebhookEndpoint endpoint = require(id);
            store.update(id, change.apply(endpoint.settings()));
            if (Boolean.TRUE.equals(isEnabled)) {
                store.enable(endpoint.number());
            } else if (Boolean.FALSE.equals(isEnabled)) {
                store.disable(endpoint.number(), Disabled.REQUESTED);
            }
            return require(id);
        });
    }

    /** Deletes an endpoint with all its deliveries, including pending ones. */
    public void delete(String tenantId, String id) {
        database.run(tenantId, () -> store.delete(require(id).number()));
    }

    /**
     * Replaces an endpoint's secret.
     *
     * @param keepsOld whether the previous one also signs for 24 hours, so that a receiver can switch without a gap
     */
    public WithSecret rotate(String tenantId, String id, boolean keepsOld) {
        String secret = newSecret();
        SealedText sealed = secrets.seal(EndpointStore.SECRET, id, secret);
        return database.call(tenantId, () -> {
            require(id);
            SealedText old = store.lockSecret(id);
            SealedText previous = keepsOld
                    ? secrets.seal(EndpointStore.PREVIOUS_SECRET, id, secrets.open(EndpointStore.SECRET, id, old))
                    : null;
            Instant until = keepsOld ? clock.instant().plus(OLD_SECRET_STAYS) : null;
            store.rotate(id, sealed, hint(secret), previous, until);
            return new WithSecret(require(id), secret);
        });
    }
}
