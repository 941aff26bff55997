package dev.anneal.service.models.catalog;

import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Base models of this host. The directories are strings because Spring resolves a {@link Path} that is also the name of
 * a resource, such as {@code /models}, to the resource.
 *
 * @param dir directory that contains a Hugging Face directory for each model, {@code name} or {@code org/name};
 *     {@code models} under {@code anneal.home} by default
 * @param bundleDir where the bundled model is unpacked
 * @param allowed ids of models that may be used; {@code *} matches any characters
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
