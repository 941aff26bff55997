package dev.anneal.service.models.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Hub's cache on this machine, as {@code huggingface_hub} lays it out: {@code models--org--name/} with
 * {@code blobs/<hash>}, {@code snapshots/<sha>/<file>}, which are links to blobs, and {@code refs/<revision>}, which
 * hold a sha. Links that leave the cache are not followed.
 */
final class HubCache {

    private static final Logger LOG = LoggerFactory.getLogger(HubCache.class);

    private static final String PREFIX = "models--";

    private final Path root;

    HubCache(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    Path root() {
        return root;
    }

    private Path model(String id) {
        return root.resolve(PREFIX + id.replace("/", "--"));
    }

    /** Path of a complete blob. */
    Path blob(String id, HubFile file) {
        return model(id).resolve("blobs").resolve(file.hash());
    }

    /** Path of a blob while it is downloaded. */
    Path incomplete(String id, HubFile file) {
        return model(id).resolve("blobs").resolve(file.hash() + ".incomplete");
    }

    /** Path of the file that a process locks while it pulls the model. */
    Path lock(String id) {
        return root.resolve(".locks").resolve(PREFIX + id.replace("/", "--")).resolve("anneal.lock");
    }

    /** Ids of the models that have a folder here. */
    List<String> ids() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(root)) {
            return children.map(child -> String.valueOf(child.getFileName()))
                    .filter(name -> name.startsWith(PREFIX))
                    .map(name -> name.substring(PREFIX.length()).replaceFirst("--", "/"))
                    .filter(HubNames::isId)
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            LOG.warn("Models in {} are not listed because it cannot be read: {}", root, unreadable.toString());
            return List.of();
        }
    }

    /** The commit that a branch or tag named when it was pulled. */
    Optional<String> sha(String id, String revision) {
        if (HubNames.isSha(revision)) {
            return Optional.of(revision);
        }
        try {
            String text = Files.readString(model(id).resolve("refs").resolve(revision))
                    .strip();
            return Optional.of(text).filter(HubNames::isSha);
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** The folder of a commit, if it exists and none of its files is outside the cache. */
    Optional<Path> snapshot(String id, String sha) {
        Path folder = model(id).resolve("snapshots").resolve(sha);
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            Path inside = root.toRealPath();
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!file.toRealPath().startsWith(inside)) {
                    LOG.warn("The model in {} is left out: {} leads out of {}", folder, file.getFileName(), root);
                    return Optional.empty();
                }
            }
            return Optional.of(folder);
        } catch (IOException broken) {
            LOG.warn("The model in {} is left out: {}", folder, broken.toString());
            return Optional.empty();
        }
    }

    /**
     * Publishes a commit whose blobs are all in the cache.
     *
     * @param revision the branch or tag that led to it
     */
    void publish(HubRevision found, List<HubFile> files, String revision) throws IOException {
        Path model = model(found.id());
        Path snapshots = Files.createDirectories(model.resolve("snapshots"));
        Path target = snapshots.resolve(found.sha());
        if (Files.isDirectory(target)) {
            // Another client has pulled other files of this commit.
            link(target, files);
        } else {
            Path fresh = Files.createDirectory(snapshots.resolve("." + UUID.randomUUID()));
            link(fresh, files);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        }
        if (!HubNames.isSha(revision)) {
            Path ref = model.resolve("refs").resolve(revision);
            Files.createDirectories(ref.resolveSibling(""));
            Path fresh = model.resolve("refs").resolve("." + UUID.randomUUID());
            Files.writeString(fresh, found.sha(), StandardCharsets.US_ASCII);
            Files.move(fresh, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void link(Path folder, List<HubFile> files) throws IOException {
        for (HubFile file : files) {
            Path link = folder.resolve(file.name());
            try {
                Files.createSymbolicLink(link, Path.of("..", "..", "blobs", file.hash()));
            } catch (FileAlreadyExistsException there) {
                LOG.debug("{} is there already", link);
            }
        }
    }

    /** Bytes of a file that are in the cache, complete or not. */
    long bytesOf(String id, HubFile file) throws IOException {
        for (Path path : List.of(blob(id, file), incomplete(id, file))) {
            if (Files.isRegularFile(path)) {
                return Files.size(path);
            }
        }
        return 0;
    }
}
