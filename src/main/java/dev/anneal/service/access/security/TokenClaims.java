package dev.anneal.service.access.security;

import dev.anneal.service.access.tenant.Credential;
import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;

/** Reads the sender of a request from the claims of a verified token. */
record TokenClaims(OidcProperties.Issuer issuer, Jwt token) {

    private static final int LONGEST_SUBJECT = 128;

    Principal principal() {
        return new Principal(tenant(), scopes(), new Credential(Credential.Source.TOKEN, subject()));
    }

    private Tenant tenant() {
        Object name = claim(issuer.tenantClaim());
        if (!(name instanceof String id) || !Tenant.isId(id)) {
            throw new Refusal(
                    RefusalCode.TOKEN_INVALID,
                    "The token's claim '" + issuer.tenantClaim() + "' must name a tenant: 1 to 63 lower-case letters,"
                            + " digits and hyphens, but is " + (name == null ? "absent" : "something else") + ".");
        }
        if (!issuer.tenants().isEmpty() && !issuer.tenants().contains(id)) {
            throw new Refusal(
                    RefusalCode.TOKEN_INVALID,
                    "The token's claim '" + issuer.tenantClaim() + "' names the tenant '" + id
                            + "', which its issuer may not name: it is not among its tenants in anneal.oidc.issuers.");
        }
        return new Tenant(id);
    }

    private Set<Scope> scopes() {
        Object held = claim(issuer.scopeClaim());
        List<String> names = held == null ? issuer.defaultScopes() : names(held);
        String prefix = held == null ? "" : issuer.scopePrefix();
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String name : names) {
            if (name.startsWith(prefix)) {
                Scope.named(name.substring(prefix.length())).ifPresent(scopes::add);
            }
        }
        if (!issuer.grantsAdmin()) {
            scopes.removeAll(Scope.ofAdministrators());
        }
        return scopes;
    }

    private List<String> names(Object held) {
        if (held instanceof String text) {
            return List.of(text.strip().split(" +"));
        }
        if (held instanceof Collection<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw new Refusal(
                RefusalCode.TOKEN_INVALID,
                "The token's claim '" + issuer.scopeClaim()
                        + "' must be a list of scopes or one text of scopes separated by spaces, but is something"
                        + " else.");
    }

    private String subject() {
        String subject = token.getSubject() == null ? "" : token.getSubject();
        return issuer.uri() + "#" + subject.substring(0, Math.min(subject.length(), LONGEST_SUBJECT));
    }

    /** A claim by its name, or by a JSON pointer, for claims in objects: {@code /kubernetes.io/namespace}. */
    private @Nullable Object claim(String name) {
        if (!name.startsWith("/")) {
            return token.getClaims().get(name);
        }
        Object value = token.getClaims();
        for (String key : name.substring(1).split("/", -1)) {
            value = value instanceof Map<?, ?> map
                    ? map.get(key.replace("~1", "/").replace("~0", "~"))
                    : null;
        }
        return value;
    }
}
