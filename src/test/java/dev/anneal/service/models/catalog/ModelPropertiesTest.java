package dev.anneal.service.models.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** The properties of this module, by their documented names; the folders have their defaults in application.yaml. */
class ModelPropertiesTest {

    @Test
    void defaults() throws IOException {
        ModelProperties properties = bind(Map.of("anneal.home", "/srv/anneal"));

        assertThat(properties)
                .isEqualTo(new ModelProperties("/srv/anneal/models", "/srv/anneal/models/anneal-tiny", List.of("*")));
    }

    @Test
    void everyPropertyCanBeSet() throws IOException {
        ModelProperties properties = bind(Map.of(
                "anneal.models.dir", "/models",
                "anneal.models.bundle-dir", "/bundle",
                "anneal.models.allowed", "Qwen/*,anneal-tiny"));

        assertThat(properties).isEqualTo(new ModelProperties("/models", "/bundle", List.of("Qwen/*", "anneal-tiny")));
    }

    private static ModelProperties bind(Map<String, Object> properties) throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        new YamlPropertySourceLoader()
                .load("defaults", new ClassPathResource("application.yaml"))
                .forEach(source -> environment.getPropertySources().addLast(source));
        ConfigurationPropertySources.attach(environment);
        return Binder.get(environment)
                .bind("anneal.models", ModelProperties.class)
                .get();
    }
}
