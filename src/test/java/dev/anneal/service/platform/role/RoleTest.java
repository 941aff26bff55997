package dev.anneal.service.platform.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.env.MockEnvironment;

/** A process plays the roles that are configured, both by default. */
class RoleTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Parts.class);

    @Test
    void bothByDefault() {
        runner.run(context -> assertThat(context).hasBean("api").hasBean("worker"));
    }

    @Test
    void aProcessWithOneRoleHasNoneOfTheOthersBeans() {
        runner.withPropertyValues("anneal.roles=api")
                .run(context -> assertThat(context).hasBean("api").doesNotHaveBean("worker"));
        runner.withPropertyValues("anneal.roles=worker")
                .run(context -> assertThat(context).hasBean("worker").doesNotHaveBean("api"));
    }

    @Test
    void anUnknownRoleIsRefused() {
        MockEnvironment environment = new MockEnvironment().withProperty("anneal.roles", "trainer");

        assertThatThrownBy(() -> Role.in(environment)).hasMessageContaining("anneal.roles");
    }

    @Test
    void migratingIsDoneByNoneUnlessItIsAsked() {
        assertThat(Role.in(new MockEnvironment())).containsExactly(Role.API, Role.WORKER, Role.INFERENCE);
        assertThat(Role.in(new MockEnvironment().withProperty("anneal.roles", "migrate")))
                .containsExactly(Role.MIGRATE);
    }

    @Test
    void migratingIsDoneAlone() {
        MockEnvironment environment = new MockEnvironment().withProperty("anneal.roles", "api,migrate");

        assertThatThrownBy(() -> Role.in(environment))
                .hasMessage("anneal.roles must name migrate alone, since its process ends, but is [API, MIGRATE]");
    }

    @Test
    void aMigrationOpensNoPortAndMigratesAlsoWhereOthersAreToldNotTo() {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("anneal.roles", "migrate")
                .withProperty("spring.flyway.enabled", "false");

        new RoleDefaults().postProcessEnvironment(environment, new SpringApplication());

        assertThat(environment.getProperty("spring.flyway.enabled")).isEqualTo("true");
        assertThat(environment.getProperty("spring.main.web-application-type")).isEqualTo("none");
    }

    @Test
    void aWorkerOpensNoPortForTheApi() {
        MockEnvironment worker =
                new MockEnvironment().withProperty("anneal.roles", "worker").withProperty("server.port", "8080");
        MockEnvironment api = new MockEnvironment().withProperty("server.port", "8080");
        MockEnvironment inference = new MockEnvironment()
                .withProperty("anneal.roles", "worker,inference")
                .withProperty("server.port", "8080");

        new RoleDefaults().postProcessEnvironment(worker, new SpringApplication());
        new RoleDefaults().postProcessEnvironment(inference, new SpringApplication());
        new RoleDefaults().postProcessEnvironment(api, new SpringApplication());

        assertThat(worker.getProperty("server.port")).isEqualTo("-1");
        assertThat(api.getProperty("server.port")).isEqualTo("8080");
        assertThat(inference.getProperty("server.port")).isEqualTo("8080");
    }

    @Configuration(proxyBeanMethods = false)
    static class Parts {

        @Bean
        @ConditionalOnRole(Role.API)
        String api() {
            return "api";
        }

        @Bean
        @ConditionalOnRole(Role.WORKER)
        String worker() {
            return "worker";
        }
    }
}
