package dev.anneal.service.notification.http;

import dev.anneal.service.notification.webhook.WebhookEndpoint.Settings;
import dev.anneal.service.notification.webhook.WebhookEventType;
import dev.anneal.service.platform.outbound.OutboundClient;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the settings of an endpoint from a request. */
final class EndpointKeys {

    private static final int LONGEST_NAME = 256;
    private static final int LONGEST_URL = 2048;

    private EndpointKeys() {}

    /** All settings; a missing one is refused. */
    static Settings all(StrictObject body) {
        List<WebhookEventType> types = eventTypes(body);
        String name = name(body);
        URI url = url(body);
        if (name == null || url == null || types == null) {
            String missing = name == null ? "name" : url == null ? "url" : "event_types";
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "'" + missing + "' is required: an endpoint has a name, a url and event_types, which "
                            + "/v1/webhook_event_types lists",
                    missing);
        }
        return new Settings(name, url, types);
    }

    /** The request's settings, and the previous ones for the rest. */
    static Settings changed(StrictObject body, Settings before) {
        List<WebhookEventType> types = eventTypes(body);
        String name = name(body);
        URI url = url(body);
        return new Settings(
                name == null ? before.name() : name,
                url == null ? before.url() : url,
                types == null ? before.eventTypes() : types);
    }

    /** {@code anneal.enabled}; null if the request does not set it. */
    static @Nullable Boolean enabled(StrictObject body) {
        StrictObject anneal = body.object("anneal");
        if (anneal == null) {
            return null;
        }
        Boolean enabled = anneal.flag("enabled");
        anneal.refuseOthers();
        return enabled;
    }

    static WebhookEventType eventType(StrictObject body) {
        String name = body.choice("event_type", WebhookEventType.wireNames());
        return WebhookEventType.named(String.valueOf(name))
                .orElseThrow(() -> new Refusal(
                        RefusalCode.MISSING_PARAMETER,
                        "'event_type' is required: one of " + String.join(", ", WebhookEventType.wireNames()),
                        "event_type"));
    }

    private static @Nullable String name(StrictObject body) {
        String name = body.text("name");
        if (name != null && (name.isBlank() || name.length() > LONGEST_NAME)) {
            throw body.invalid("name", "must have 1 to " + LONGEST_NAME + " characters", name);
        }
        return name;
    }

    private static @Nullable URI url(StrictObject body) {
        String url = body.text("url");
        if (url == null) {
            return null;
        }
        try {
            URI uri = new URI(url);
            if (OutboundClient.isHttp(uri) && uri.getUserInfo() == null && url.length() <= LONGEST_URL) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw body.invalid("url", "must be an address such as https://example.com/hook", url);
        }
        throw body.invalid(
                "url",
                "must be https:// or http://, a host and a path, without a user, of at most " + LONGEST_URL
                        + " characters",
                url);
    }

    private static @Nullable List<WebhookEventType> eventTypes(StrictObject body) {
        List<String> names = body.textOrTexts("event_types");
        if (names == null) {
            return null;
        }
        return names.stream()
                .distinct()
                .map(name -> WebhookEventType.named(name)
                        .orElseThrow(() -> body.invalid(
                                "event_types",
                                "must contain some of " + String.join(", ", WebhookEventType.wireNames()),
                                name)))
                .toList();
    }
}
