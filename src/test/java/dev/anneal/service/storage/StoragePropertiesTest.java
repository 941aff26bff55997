package dev.anneal.service.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * The properties of this module; the folder's default stands in application.yaml. A folder may have the name of a
 * resource.
 */
class StoragePropertiesTest {

    @Test
    void defaults() {
        StorageProperties properties = bind(Map.of("anneal.storage.directory", "/models"));

        assertThat(properties.type()).isEqualTo(StorageProperties.Type.DIRECTORY);
    }

    @Test
    void everyPropertyCanBeSet() {
        StorageProperties properties = bind(Map.of("anneal.storage.directory", "/models", "anneal.storage.type", "s3"));

        assertThat(properties).isEqualTo(new StorageProperties(StorageProperties.Type.S3, "/models", null));
    }

    private static StorageProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bind("anneal.storage", StorageProperties.class)
                .get();
    }
}
