package dev.anneal.service.access.http;

import dev.anneal.service.access.tenant.NewKey;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a request for a key. */
final class KeyRequest {

    private static final int LONGEST_NAME = 200;
    private static final int TEN_YEARS_SECONDS = 10 * 365 * 24 * 3600;

    private KeyRequest() {}

    /** A key with the requested scopes, by default all of a tenant's. */
    static NewKey ofProject(StrictObject request, Clock clock) {
        String name = name(request);
        Set<Scope> scopes = scopes(request);
        Instant expiresAt = expiresAt(request, clock);
        request.refuseOthers();
        return new NewKey(name, scopes, expiresAt);
    }

    static NewKey ofAdministrator(StrictObject request, Clock clock) {
        String name = name(request);
        Instant expiresAt = expiresAt(request, clock);
        request.refuseOthers();
        return new NewKey(name, Scope.ofAdministrators(), expiresAt);
    }

    static String name(StrictObject request) {
        String name = request.requiredText("name").strip();
        if (name.length() > LONGEST_NAME) {
            throw Refusal.invalidValue(
                    "name", "'name' has " + name.length() + " characters; at most " + LONGEST_NAME + " are kept");
        }
        return name;
    }

    private static @Nullable Instant expiresAt(StrictObject request, Clock clock) {
        Integer seconds = request.wholeNumber("expires_in_seconds", 1, TEN_YEARS_SECONDS);
        return seconds == null ? null : clock.instant().plusSeconds(seconds);
    }

    private static Set<Scope> scopes(StrictObject request) {
        List<String> names = request.textOrTexts("scopes");
        if (names == null) {
            return Scope.ofTenants();
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String name : names) {
            scopes.add(Scope.named(name)
                    .filter(Scope.ofTenants()::contains)
                    .orElseThrow(() -> Refusal.invalidValue(
                            "scopes",
                            "'scopes' of a project's key must be among " + Scope.list(Scope.ofTenants())
                                    + ", but hold '" + name + "'" + remedy(name))));
        }
        return scopes;
    }

    private static String remedy(String name) {
        return Scope.named(name).isPresent()
                ? ". Keys of administrators are made at /v1/organization/admin_api_keys"
                : "";
    }
}
