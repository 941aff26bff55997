package dev.anneal.service.access.http;

import dev.anneal.service.access.tenant.IssuedKey;
import dev.anneal.service.access.tenant.IssuedKeys;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.web.DeletedBody;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.request.JsonBody;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/organization/admin_api_keys}: create, list, retrieve, delete. Configured keys are not included. */
@RestController
@RequestMapping("/v1/organization/admin_api_keys")
class AdminKeyController {

    private final IssuedKeys keys;
    private final Clock clock;

    AdminKeyController(IssuedKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    @PostMapping
    @RequiresScope(Scope.ADMIN)
    AdminKeyBody create(@RequestBody(required = false) @Nullable JsonNode body) {
        IssuedKey.Shown made =
                keys.create(null, KeyRequest.ofAdministrator(JsonBody.of(body).object(), clock));
        return AdminKeyBody.of(made.key(), made.secret());
    }

    @GetMapping
    @RequiresScope(Scope.ADMIN)
    ListBody<AdminKeyBody> list(@PageLimits(byDefault = 20, max = 100) PageRequest page) {
        return ListBody.of(keys.list(null, page).map(key -> AdminKeyBody.of(key, null)), AdminKeyBody::id);
    }

    @GetMapping("/{keyId}")
    @RequiresScope(Scope.ADMIN)
    AdminKeyBody retrieve(@PathVariable String keyId) {
        return AdminKeyBody.of(keys.find(null, keyId), null);
    }

    @DeleteMapping("/{keyId}")
    @RequiresScope(Scope.ADMIN)
    DeletedBody delete(@PathVariable String keyId) {
        keys.revoke(null, keyId);
        return new DeletedBody(keyId, "organization.admin_api_key.deleted", true);
    }
}
