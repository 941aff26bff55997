package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.RawHttp.Reply;
import dev.anneal.service.access.security.Route;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The management port shows health, meters and the bill of materials, and the port of the API none of them. */
class ManagementPortIT extends AttackTest {

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    @ParameterizedTest
    @ValueSource(strings = {"health", "health/liveness", "prometheus", "sbom"})
    void whatIsShownIsShownThereAlone(String endpoint) {
        assertThat(rawToManagement("GET /actuator/" + endpoint, "").status()).isIn(200, 503);
        assertRefused(raw("GET /actuator/" + endpoint, "", ""), 401, "invalid_api_key");
        assertRefused(raw("GET /actuator/" + endpoint, KEY, ""), 404, "not_found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "env",
                "env/anneal.api-keys",
                "configprops",
                "beans",
                "mappings",
                "conditions",
                "heapdump",
                "threaddump",
                "loggers",
                "loggers/ROOT",
                "logfile",
                "metrics",
                "info",
                "httpexchanges",
                "auditevents",
                "scheduledtasks",
                "caches",
                "flyway",
                "modulith",
                "startup",
                "sessions",
                "shutdown",
                "restart",
                "refresh",
                "jolokia",
                "gateway/routes"
            })
    void nothingElseIsShown(String endpoint) {
        for (String method : new String[] {"GET", "POST", "DELETE"}) {
            assertThat(rawToManagement(method + " /actuator/" + endpoint, KEY).status())
                    .as(method)
                    .isIn(401, 404);
            assertRefused(raw(method + " /actuator/" + endpoint, KEY, ""), 404, "not_found");
        }
    }

    @Test
    void healthTellsNoDetails() {
        Reply health = rawToManagement("GET /actuator/health", "");
        assertThat(health.status()).as(health.text()).isEqualTo(200);
        assertThat(health.text()).contains("UP").doesNotContain("components", "details", "jdbc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void nothingCanBeChangedThere(String method) {
        for (String endpoint : new String[] {"health", "prometheus", "sbom"}) {
            Reply reply = rawToManagement(method + " /actuator/" + endpoint, KEY);
            assertThat(reply.status()).as(reply.text()).isEqualTo(405);
        }
    }

    @Test
    void theApiIsNotServedThere() {
        for (Route route : Route.of(mappings)) {
            Reply reply = rawToManagement(route.method() + " " + route.path(variable -> "x"), KEY);
            assertThat(reply.status()).as(route + reply.text()).isIn(401, 404);
        }
    }
}
