package dev.anneal.service.storage;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where artifacts are kept. The folder is a text, not a path: Spring takes a path that is also the name of a resource for the resource.
 *
 * @param type {@code directory}: a folder that all machines of an installation mount; {@code s3}: a bucket of S3 or of what speaks its
 *     protocol
 * @param directory folder of the artifact store of type {@code directory}; {@code artifacts} under {@code anneal.home} by default
 * @param adoptFrom id of an installation that is no more, whose store is this one's from now on; this installation's own, to begin with an empty store after
 *     its store was lost. A store is taken over once, so the setting does no harm where it is forgotten
 */
@ConfigurationProperties("anneal.storage")
record StorageProperties(
        @DefaultValue("directory") Type type,
        String directory,
        @Nullable UUID adoptFrom) {

    /** Kinds of stores. */
    enum Type {
        DIRECTORY,
        S3
    }
}
