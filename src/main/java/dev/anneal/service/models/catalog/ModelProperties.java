package dev.anneal.service.models.catalog;

import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which base models there are. The folders are texts because Spring takes a {@link Path} that is also the name of a resource, as
 * {@code /models} is, for the resource.
 *
 * @param dir folder with one Hugging Face directory for each model, {@code name} or {@code org/name}; {@code models} under
 *     {@code anneal.home} by default
 * @param bundleDir where the bundled model is unpacked
 * @param allowed ids that may be used; {@code *} stands for any characters
 */
@ConfigurationProperties("anneal.models")
record ModelProperties(
        String dir, String bundleDir, @DefaultValue("*") List<String> allowed) {

    ModelProperties {
        allowed = List.copyOf(allowed);
    }

    Path directory() {
        return Path.of(dir);
    }

    Path bundleDirectory() {
        return Path.of(bundleDir);
    }
}
