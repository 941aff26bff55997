package dev.anneal.service.storage;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The artifact store. The directory is a string because Spring resolves a path that is also the name of a resource to
 * the resource.
 *
 * @param type {@code directory}: a directory that all machines of an installation mount; {@code s3}: a bucket of S3 or
 *     of a server with its protocol
 * @param directory directory of a store of type {@code directory}; {@code artifacts} under {@code anneal.home} by
 *     default
 * @param adoptFrom id of a former installation whose artifact store this one takes over; or this installation's own id,
 *     to start with an empty store after its own was lost. A store is taken over only once, so the setting may remain
 *     afterwards
 */
@ConfigurationProperties("anneal.storage")
record StorageProperties(
        @DefaultValue("directory") Type type,
        String directory,
        @Nullable UUID adoptFrom) {

    /** Types of stores. */
    enum Type {
        DIRECTORY,
        S3
    }
}
