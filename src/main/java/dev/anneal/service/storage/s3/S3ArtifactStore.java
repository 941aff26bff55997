package dev.anneal.service.storage.s3;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.PrivateFiles;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.DirectoryArtifactStore;
import dev.anneal.service.storage.LocalCopy;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoreMarker;
import dev.anneal.service.storage.StoredContent;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The store in a bucket. A file is an object with its key, a folder consists of the files below its key and a
 * {@link FolderIndex}, which is stored last and deleted first: a folder without it does not exist.
 */
final class S3ArtifactStore implements ArtifactStore {

    private static final Logger LOG = LoggerFactory.getLogger(S3ArtifactStore.class);

    /** {@code tenant/job/attempt}. */
    private static final int ATTEMPT_DEPTH = 3;

    private final Bucket bucket;
    private final Transfers transfers;
    private final @Nullable S3Presigner presigner;
    private final LocalCache cache;
    private final Path workRoot;

    /** Unpublished folders of this machine that engine processes write to. */
    private final ArtifactStore work;

    /**
     * @param presigner null if clients read through the service
     * @param workRoot existing folder for output of engine processes
     */
    S3ArtifactStore(Bucket bucket, @Nullable S3Presigner presigner, LocalCache cache, Path workRoot) {
        this.bucket = bucket;
        this.transfers = new Transfers(bucket);
        this.presigner = presigner;
        this.cache = cache;
        this.workRoot = workRoot;
        this.work = new DirectoryArtifactStore(workRoot, "anneal.storage.cache.directory");
    }

    @Override
    public StoredContent write(ArtifactKey key, InputStream content, long maxBytes) throws IOException {
        return transfers.upload(content, key, maxBytes);
    }

    @Override
    public long size(ArtifactKey key) {
        return bucket.size(key.value()).orElseThrow(() -> StorageException.notFound(key));
    }

    @Override
    public InputStream open(ArtifactKey key, long offset) {
        return offset > 0 && offset >= size(key)
                ? InputStream.nullInputStream()
                : new ObjectStream(bucket, key, key.value(), offset, null);
    }

    @Override
    public Optional<URI> downloadAddress(ArtifactKey key, String contentDisposition) {
        return Optional.ofNullable(presigner).map(each -> bucket.address(each, key.value(), contentDisposition));
    }

    @Override
    public void delete(ArtifactKey key) {
        List<String> objects = bucket.named(key + "/");
        bucket.delete(key.value());
        deleteIndexesFirst(objects);
        StorageException.onDisk("delete", key, () -> {
            work.delete(key);
            cache.forget(key);
            forgetFoldersOf(objects);
        });
    }

    /** Replaces the index first, so that it never names a missing file. Local copies keep the file. */
    @Override
    public void deleteFrom(ArtifactKey folder, String name) {
        if (bucket.size(index(folder)).isEmpty()) {
            return;
        }
        StorageException.onDisk(
                "delete " + name + " from",
                folder,
                () -> bucket.put(index(folder), readIndex(folder).without(name).toJson()));
        bucket.delete(folder + "/" + name);
    }

    private FolderIndex readIndex(ArtifactKey folder) throws IOException {
        try (InputStream content = bucket.open(folder, index(folder), null, null)) {
            return FolderIndex.read(folder, content.readAllBytes());
        }
    }

    @Override
    public void deleteWithin(ArtifactKey folder, String prefix, Collection<ArtifactKey> kept) {
        Set<String> staying = kept.stream().map(ArtifactKey::value).collect(Collectors.toUnmodifiableSet());
        List<String> meant = bucket.named(folder + "/" + prefix).stream()
                .filter(object -> !staying.contains(childOf(folder, object)))
                .toList();
        deleteIndexesFirst(meant);
        StorageException.onDisk("delete what is left in", folder, () -> {
            work.deleteWithin(folder, prefix, kept);
            forgetFoldersOf(meant);
        });
    }

    private void deleteIndexesFirst(List<String> objects) {
        bucket.delete(objects.stream().filter(S3ArtifactStore::isIndex).toList());
        bucket.delete(objects.stream().filter(object -> !isIndex(object)).toList());
    }

    private void forgetFoldersOf(List<String> objects) throws IOException {
        for (String object : objects) {
            if (isIndex(object)) {
                cache.forget(new ArtifactKey(object.substring(0, object.lastIndexOf('/'))));
            }
        }
    }

    private static boolean isIndex(String object) {
        return object.endsWith("/" + FolderIndex.NAME);
    }

    /** Key of the file or folder directly in a folder that is, or contains, an object. */
    private static String childOf(ArtifactKey folder, String object) {
        int end = object.indexOf('/', folder.value().length() + 1);
        return end < 0 ? object : object.substring(0, end);
    }

    @Override
    public Path localFolder(ArtifactKey key) {
        return work.localFolder(key);
    }

    /** The folder becomes this machine's copy. */
    @Override
    public void publish(ArtifactKey key, Runnable betweenParts) {
        Path folder = workRoot.resolve(key.value());
        if (!Files.isDirectory(folder)) {
            // An earlier call may have succeeded without its caller learning of it.
            bucket.size(index(key)).orElseThrow(() -> StorageException.notFound(key));
            return;
        }
        StorageException.onDisk("publish", key, () -> {
            FolderIndex index = FolderIndex.of(folder, betweenParts);
            for (FolderIndex.Entry file : index.files()) {
                transfers.upload(folder.resolve(file.name()), key + "/" + file.name(), betweenParts);
            }
            bucket.put(index(key), index.toJson());
            cache.adopt(key, folder, index.bytes());
        });
    }

    @Override
    public LocalCopy localCopy(ArtifactKey key, Runnable betweenParts) {
        return cache.copy(key, path -> download(key, readIndex(key), path, betweenParts), betweenParts);
    }

    @Override
    public LocalCopy localFile(ArtifactKey key, String sha256, Runnable betweenParts) {
        return cache.copy(
                key, path -> download(key, FolderIndex.ofFile(size(key), sha256), path, betweenParts), betweenParts);
    }

    private void download(ArtifactKey key, FolderIndex index, Path target, Runnable betweenParts) throws IOException {
        cache.makeRoom(index.bytes());
        if (index.files().isEmpty()) {
            PrivateFiles.createFolders(target);
        }
        for (FolderIndex.Entry file : index.files()) {
            Path path = target.resolve(file.name());
            PrivateFiles.createFolders(DurableFiles.parentOf(path));
            String object = file.name().isEmpty() ? key.value() : key + "/" + file.name();
            transfers.download(key, object, file, path, betweenParts);
        }
    }

    @Override
    public void list(Consumer<Entry> visitor) {
        bucket.list("", found -> {
            int end = found.name().lastIndexOf('/');
            // The index of a folder counts as the folder.
            String name = end > 0 && found.name().startsWith(".", end + 1)
                    ? found.name().substring(0, end)
                    : found.name();
            ArtifactKey.stored(name).ifPresent(key -> visitor.accept(new Entry(key, found.writtenAt(), found.bytes())));
        });
    }

    /** Cleans this machine even if the server refuses to list or abort uploads. */
    @Override
    public void deleteAbandoned(Instant time) {
        try {
            cache.deleteAbandoned();
            work.deleteAbandoned(time);
            deleteAbandonedAttempts(time);
        } catch (IOException e) {
            throw new StorageException(StorageException.Reason.FAILED, "cannot delete remains on this machine", e);
        } finally {
            abortUploadsBefore(time);
        }
    }

    /**
     * Deletes folders of attempts that have not changed since {@code time}, whose attempts have ended. Processes create
     * missing folders again, and may delete them at the same time.
     */
    private void deleteAbandonedAttempts(Instant time) {
        Stream<Path> attempts = Stream.of(workRoot);
        for (int depth = 0; depth < ATTEMPT_DEPTH; depth++) {
            attempts = attempts.flatMap(S3ArtifactStore::children);
        }
        attempts.filter(attempt -> isOlder(attempt, time))
                .flatMap(attempt ->
                        ArtifactKey.stored(workRoot.relativize(attempt).toString()).stream())
                .forEach(work::delete);
    }

    /** None if it is not a folder, or not any more. */
    private static Stream<Path> children(Path folder) {
        return Stream.ofNullable(folder.toFile().listFiles())
                .flatMap(Arrays::stream)
                .map(File::toPath);
    }

    private static boolean isOlder(Path folder, Instant time) {
        try (Stream<Path> tree = Files.walk(folder)) {
            return tree.allMatch(path -> path.toFile().lastModified() < time.toEpochMilli());
        } catch (IOException | UncheckedIOException changing) {
            return false;
        }
    }

    private void abortUploadsBefore(Instant time) {
        int aborted = bucket.abortUploadsBefore(time);
        if (aborted > 0) {
            LOG.info("{} uploads to the bucket that were begun before {} and not completed are aborted", aborted, time);
        }
    }

    @Override
    public StoreMarker marker() {
        return new BucketMarker(bucket);
    }

    @Override
    public void check() {
        bucket.check();
    }

    private static String index(ArtifactKey key) {
        return key + "/" + FolderIndex.NAME;
    }

    @Override
    public void close() {
        transfers.close();
        bucket.client().close();
        if (presigner != null) {
            presigner.close();
        }
    }
}
