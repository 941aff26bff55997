package dev.anneal.service.notification.http;

import dev.anneal.protocol.WireName;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.DeletedBody;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.notification.webhook.WebhookDeliveries;
import dev.anneal.service.notification.webhook.WebhookDelivery;
import dev.anneal.service.notification.webhook.WebhookEndpoint.Settings;
import dev.anneal.service.notification.webhook.WebhookEndpoints;
import dev.anneal.service.notification.webhook.WebhookEventType;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.request.StrictObject;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/webhook_endpoints}: a tenant's endpoints for events of its jobs. */
@RestController
@RequestMapping("/v1")
@ConditionalOnRole(Role.API)
class WebhookController {

    private static final String ENDPOINT = "/webhook_endpoints/{id}";

    private final WebhookEndpoints endpoints;
    private final WebhookDeliveries deliveries;

    WebhookController(WebhookEndpoints endpoints, WebhookDeliveries deliveries) {
        this.endpoints = endpoints;
        this.deliveries = deliveries;
    }

    /** A list of names, unlike other lists, which hold objects. */
    record EventTypesBody(String object, List<String> data) {}

    /** Result of a test. */
    record TestBody(String object, boolean success, int statusCode, String eventType, String webhookEndpointId) {}

    @GetMapping("/webhook_event_types")
    @RequiresScope(Scope.WEBHOOKS_READ)
    EventTypesBody eventTypes(Tenant tenant) {
        return new EventTypesBody("list", WebhookEventType.wireNames());
    }

    @PostMapping("/webhook_endpoints")
    @RequiresScope(Scope.WEBHOOKS_WRITE)
    EndpointBody create(Tenant tenant, @RequestBody(required = false) @Nullable JsonNode json) {
        StrictObject body = JsonBody.of(json).object();
        Settings settings = EndpointKeys.all(body);
        Boolean enabled = EndpointKeys.enabled(body);
        body.refuseOthers();
        return EndpointBody.of(endpoints.create(tenant.id(), settings, !Boolean.FALSE.equals(enabled)));
    }

    @GetMapping("/webhook_endpoints")
    @RequiresScope(Scope.WEBHOOKS_READ)
    ListBody<EndpointBody> list(Tenant tenant, @PageLimits(byDefault = 20, max = 100) PageRequest page) {
        return ListBody.of(endpoints.list(tenant.id(), page).map(EndpointBody::of), EndpointBody::id);
    }

    @GetMapping(ENDPOINT)
    @RequiresScope(Scope.WEBHOOKS_READ)
    EndpointBody retrieve(Tenant tenant, @PathVariable String id) {
        return EndpointBody.of(endpoints.find(tenant.id(), id));
    }

    @PostMapping(ENDPOINT)
    @RequiresScope(Scope.WEBHOOKS_WRITE)
    EndpointBody update(
            Tenant tenant, @PathVariable String id, @RequestBody(required = false) @Nullable JsonNode json) {
        Settings before = endpoints.find(tenant.id(), id).settings();
        StrictObject body = JsonBody.of(json).object();
        EndpointKeys.changed(body, before);
        Boolean enabled = EndpointKeys.enabled(body);
        body.refuseOthers();
        return EndpointBody.of(endpoints.update(
                tenant.id(),
                id,
                settings -> EndpointKeys.changed(JsonBody.of(json).object(), settings),
                enabled));
    }

    @DeleteMapping(ENDPOINT)
    @RequiresScope(Scope.WEBHOOKS_WRITE)
    DeletedBody delete(Tenant tenant, @PathVariable String id) {
        endpoints.delete(tenant.id(), id);
        return new DeletedBody(id, "webhook_endpoint.deleted", true);
    }

    @PostMapping(ENDPOINT + "/rotate_secret")
    @RequiresScope(Scope.WEBHOOKS_WRITE)
    EndpointBody rotateSecret(
            Tenant tenant, @PathVariable String id, @RequestBody(required = false) @Nullable JsonNode json) {
        StrictObject body = JsonBody.of(json).object();
        Boolean keepsOld = body.flag("keep_old_secret_active_for_24_hours");
        body.refuseOthers();
        return EndpointBody.of(endpoints.rotate(tenant.id(), id, Boolean.TRUE.equals(keepsOld)));
    }

    @PostMapping(ENDPOINT + "/test")
    @RequiresScope(Scope.WEBHOOKS_WRITE)
    TestBody test(Tenant tenant, @PathVariable String id, @RequestBody(required = false) @Nullable JsonNode json) {
        endpoints.find(tenant.id(), id);
        StrictObject body = JsonBody.of(json).object();
        WebhookEventType type = EndpointKeys.eventType(body);
        body.refuseOthers();
        return new TestBody("webhook_endpoint.test", true, deliveries.test(tenant.id(), id, type), type.wireName(), id);
    }

    @GetMapping(ENDPOINT + "/deliveries")
    @RequiresScope(Scope.WEBHOOKS_READ)
    ListBody<DeliveryBody> deliveries(
            Tenant tenant,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String status,
            @PageLimits(byDefault = 20, max = 100) PageRequest page) {
        return ListBody.of(
                deliveries.list(tenant.id(), id, state(status), page).map(DeliveryBody::of), DeliveryBody::id);
    }

    private static WebhookDelivery.@Nullable State state(@Nullable String status) {
        if (status == null || status.isEmpty()) {
            return null;
        }
        return WireName.find(WebhookDelivery.State.class, status)
                .orElseThrow(() -> Refusal.invalidValue(
                        "status", "'status' must be pending, delivered or failed but is '" + status + "'"));
    }

    @PostMapping(ENDPOINT + "/deliveries/{deliveryId}/replay")
    @RequiresScope(Scope.WEBHOOKS_WRITE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    DeliveryBody replay(Tenant tenant, @PathVariable String id, @PathVariable String deliveryId) {
        return DeliveryBody.of(deliveries.replay(tenant.id(), id, deliveryId));
    }
}
