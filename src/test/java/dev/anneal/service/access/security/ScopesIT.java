package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.Penetration;
import dev.anneal.service.access.tenant.AnyScope;
import dev.anneal.service.access.tenant.IssuedKeys;
import dev.anneal.service.access.tenant.NewKey;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.web.ApiTestBase;
import dev.anneal.service.platform.database.TestDatabase;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every route of the application asks for a key, and the key for the scope that the route's method names. */
@TestPropertySource(properties = "anneal.api-keys=other:" + ScopesIT.CONFIGURED)
@Penetration
class ScopesIT extends ApiTestBase {

    static final String CONFIGURED = "sk-0123456789abcdef-configured";

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    @Autowired
    private IssuedKeys issued;

    private final Map<String, String> keys = new HashMap<>();

    @BeforeEach
    void keysThatHaveOneScopeAndThatLackOne() {
        TestDatabase.administrator()
                .sql("INSERT INTO tenant (id, created_at) VALUES ('one', now())")
                .update();
        for (Scope scope : Scope.values()) {
            enter("only " + scope, Set.of(scope));
            enter(
                    "all but " + scope,
                    Arrays.stream(Scope.values())
                            .filter(other -> other != scope && other != Scope.ADMIN)
                            .collect(Collectors.toUnmodifiableSet()));
        }
    }

    @Test
    void everyRouteNamesAScope() {
        assertThat(Route.of(mappings))
                .hasSizeGreaterThan(30)
                .allSatisfy(route -> assertThat(route.scope())
                        .as("@RequiresScope of %s %s", route.method(), route.pattern())
                        .isNotNull());
    }

    @Test
    void oneRouteTakesEveryCredential() {
        assertThat(mappings.getHandlerMethods().entrySet().stream()
                        .filter(mapping -> mapping.getValue().hasMethodAnnotation(AnyScope.class))
                        .flatMap(mapping -> mapping.getKey().getPatternValues().stream()))
                .containsExactly("/v1/anneal/credential");
    }

    @Test
    void everyRouteRefusesWhoShowsNoKeyOrAnUnknownOne() throws Exception {
        for (Route route : Route.of(mappings)) {
            for (Answer answer : List.of(call(route, null), call(route, "nobody's"))) {
                assertThat(answer.status()).as(route.toString()).isEqualTo(401);
                assertThat(answer.errorCode()).isEqualTo("invalid_api_key");
            }
        }
    }

    @Test
    void everyRouteRefusesAKeyWithoutItsScope() throws Exception {
        for (Route route : Route.of(mappings)) {
            Answer answer = call(route, "all but " + route.scope());

            assertThat(answer.status()).as(route.toString()).isEqualTo(403);
            assertThat(answer.errorCode()).isEqualTo("missing_scope");
            assertThat(answer.json().at("/error/message").asString())
                    .startsWith("The scope '" + wireName(route) + "' is missing. The credential has: files:")
                    .contains(", jobs:");
        }
    }

    @Test
    void everyRouteServesAKeyThatHasItsScopeAlone() throws Exception {
        for (Route route : Route.of(mappings)) {
            assertThat(call(route, "only " + route.scope()).status())
                    .as(route.toString())
                    .isNotIn(401, 403);
        }
    }

    @Test
    void configuredKeysDoWhatTenantsDo() throws Exception {
        List<Route> routes = Route.of(mappings);
        for (Route route : routes) {
            int status = call(route, CONFIGURED).status();

            if (Scope.ofAdministrators().contains(route.scope())) {
                assertThat(status).as(route.toString()).isEqualTo(403);
            } else {
                assertThat(status).as(route.toString()).isNotIn(401, 403);
            }
        }
    }

    @Test
    void methodThatNamesNoScopeIsServedToNobody() throws Exception {
        RequestMappingInfo mapping = RequestMappingInfo.paths("/v1/forgotten")
                .methods(RequestMethod.GET)
                .options(mappings.getBuilderConfiguration())
                .build();
        mappings.registerMapping(mapping, this, Object.class.getMethod("toString"));
        try {
            Answer answer = send(new Route("GET", "/v1/forgotten", "", null)
                    .request(uri("/v1/forgotten"))
                    .header("authorization", "Bearer " + CONFIGURED));

            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.errorCode()).isEqualTo("missing_scope");
        } finally {
            mappings.unregisterMapping(mapping);
        }
    }

    private static String wireName(Route route) {
        Scope scope = route.scope();
        return scope == null ? "none" : scope.wireName();
    }

    /** @param key its name, or what is shown as one; null to show none */
    private Answer call(Route route, @Nullable String key) throws Exception {
        var request = route.request(uri(route.path(variable -> "x")));
        return send(key == null ? request : request.header("authorization", "Bearer " + keys.getOrDefault(key, key)));
    }

    private void enter(String name, Set<Scope> scopes) {
        String project = scopes.contains(Scope.ADMIN) ? null : "one";
        keys.put(name, issued.create(project, new NewKey(name, scopes, null)).secret());
    }
}
