package dev.anneal.service.catalog;

import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which base models there are.
 *
 * @param dir folder with one Hugging Face directory for each model, {@code name} or {@code org/name}; {@code models} under
 *     {@code anneal.home} by default
 * @param bundleDir where the bundled model is unpacked
 * @param allowed ids that may be used; {@code *} stands for any characters
 */
@ConfigurationProperties("anneal.models")
record ModelProperties(
        Path dir, Path bundleDir, @DefaultValue("*") List<String> allowed) {

    ModelProperties {
        allowed = List.copyOf(allowed);
    }
}
