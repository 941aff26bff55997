package dev.anneal.service.access.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The properties of this module, by their documented names. */
class TenantPropertiesTest {

    @Test
    void defaults() {
        TenantProperties properties =
                new Binder(new MapConfigurationPropertySource()).bindOrCreate("anneal", TenantProperties.class);

        assertThat(properties.apiKeys()).isEmpty();
        assertThat(properties.adminKeys()).isEmpty();
    }

    @Test
    void everyPropertyCanBeSet() {
        TenantProperties properties = new Binder(new MapConfigurationPropertySource(
                        Map.of("anneal.api-keys", "a:1,b:2", "anneal.admin-keys", "c")))
                .bindOrCreate("anneal", TenantProperties.class);

        assertThat(properties.apiKeys()).containsExactly("a:1", "b:2");
        assertThat(properties.toString()).isEqualTo("TenantProperties[apiKeys=2, adminKeys=1]");
        assertThat(properties.adminKeys()).containsExactly("c");
    }

    @Test
    void containersSetTheKeysByTheEnvironment() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        "test-systemEnvironment", Map.of("ANNEAL_API_KEYS", "a:1,b:2")));
        ConfigurationPropertySources.attach(environment);

        assertThat(Binder.get(environment)
                        .bindOrCreate("anneal", TenantProperties.class)
                        .apiKeys())
                .containsExactly("a:1", "b:2");
    }
}
