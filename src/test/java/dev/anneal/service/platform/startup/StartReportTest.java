package dev.anneal.service.platform.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.mock.env.MockEnvironment;

/** What is said of a service that has started. */
class StartReportTest {

    private final MockEnvironment environment = new MockEnvironment();
    private final StaticListableBeanFactory notes = new StaticListableBeanFactory();

    @Test
    void namesRolesAddressesAndWhatModulesSay() {
        environment
                .withProperty("local.server.port", "8080")
                .withProperty("server.address", "127.0.0.1")
                .withProperty("local.management.port", "8081")
                .withProperty("management.server.address", "127.0.0.1");
        notes.addBean("documentation", new StartNote("Documentation", api -> api + "/docs"));
        notes.addBean("home", StartNote.of("Home", "/var/lib/anneal"));

        assertThat(lines())
                .containsExactly(
                        "Roles          api, worker, inference",
                        "API            http://127.0.0.1:8080",
                        "Health         http://127.0.0.1:8081/actuator/health",
                        "Documentation  http://127.0.0.1:8080/docs",
                        "Home           /var/lib/anneal");
    }

    @Test
    void processWithoutTheApiHasNoAddressOfIt() {
        environment
                .withProperty("anneal.roles", "worker")
                .withProperty("local.server.port", "-1")
                .withProperty("local.management.port", "8081");

        assertThat(lines()).containsExactly("Roles   worker", "Health  http://localhost:8081/actuator/health");
    }

    @Test
    void addressIsTheOneThatAClientUses() {
        environment
                .withProperty("anneal.roles", "api")
                .withProperty("local.server.port", "8443")
                .withProperty("server.address", "::1")
                .withProperty("server.ssl.bundle", "own")
                .withProperty("server.servlet.context-path", "/anneal")
                .withProperty("local.management.port", "8081")
                .withProperty("management.server.address", "0.0.0.0");

        assertThat(lines())
                .containsExactly(
                        "Roles   api",
                        "API     https://[::1]:8443/anneal",
                        "Health  http://localhost:8081/actuator/health");
    }

    @Test
    void healthMayBeOnThePortOfTheApi() {
        environment
                .withProperty("local.server.port", "8080")
                .withProperty("management.endpoints.web.base-path", "/manage");

        assertThat(lines()).contains("Health  http://localhost:8080/manage/health");
    }

    private List<String> lines() {
        return new StartReport(environment, notes.getBeanProvider(StartNote.class)).lines();
    }
}
