package dev.anneal.service.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The property of this module, whose default stands in application.yaml. A folder may have the name of a resource. */
class StoragePropertiesTest {

    @Test
    void everyPropertyCanBeSet() {
        StorageProperties properties = new Binder(
                        new MapConfigurationPropertySource(Map.of("anneal.storage.directory", "/models")))
                .bind("anneal.storage", StorageProperties.class)
                .get();

        assertThat(properties.directory()).isEqualTo("/models");
    }
}
