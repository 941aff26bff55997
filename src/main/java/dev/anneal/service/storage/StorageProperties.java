package dev.anneal.service.storage;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where artifacts are kept. The folder is a text, not a path: Spring takes a path that is also the name of a resource for the resource.
 *
 * @param type {@code directory}: a folder that all machines of an installation mount; {@code s3}: a bucket of S3 or of what speaks its
 *     protocol
 * @param directory folder of the artifact store of type {@code directory}; {@code artifacts} under {@code anneal.home} by default
 */
@ConfigurationProperties("anneal.storage")
record StorageProperties(@DefaultValue("directory") Type type, String directory) {

    /** Kinds of stores. */
    enum Type {
        DIRECTORY,
        S3
    }
}
