package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.LocalCopy;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoreMarker;
import dev.anneal.service.storage.StoredContent;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store as a bucket. A file is an object of its key, a folder is its files below its key with a {@link FolderIndex}, which is stored last and deleted
 * first: a folder without it is not there.
 */
final class S3ArtifactStore implements ArtifactStore {

    private static final Logger LOG = LoggerFactory.getLogger(S3ArtifactStore.class);

    private final Bucket bucket;
    private final Transfers transfers;
    private final Optional<DownloadAddresses> addresses;
    private final LocalCache cache;
    private final WorkFolders work;

    /** @param addresses empty if clients read through the service */
    S3ArtifactStore(Bucket bucket, Optional<DownloadAddresses> addresses, LocalCache cache, WorkFolders work) {
        this.bucket = bucket;
        this.transfers = new Transfers(bucket);
        this.addresses = addresses;
        this.cache = cache;
        this.work = work;
    }

    @Override
    public StoredContent write(ArtifactKey key, InputStream content, long maxBytes) throws IOException {
        return new StreamUpload(bucket, key, content, maxBytes).store();
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
        return addresses.map(each -> each.of(bucket.key(key.value()), contentDisposition));
    }

    @Override
    public void delete(ArtifactKey key) {
        List<String> objects = bucket.named(key + "/");
        bucket.delete(key.value());
        deleteIndexesFirst(objects);
        onThisMachine("delete", key, () -> {
            work.delete(key);
            cache.forget(key);
            forgetFoldersOf(objects);
        });
    }

    /** The index is stored anew first: a folder never names what is not there. Copies on machines keep the file. */
    @Override
    public void deleteFrom(ArtifactKey folder, String name) {
        if (bucket.size(index(folder)).isEmpty()) {
            return;
        }
        try {
            FolderIndex index = readIndex(folder);
            byte[] json = index.without(name).toJson();
            bucket.put(index(folder), json, json.length);
        } catch (IOException e) {
            throw StorageException.of("delete " + name + " from", folder, e);
        }
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
        onThisMachine("delete what is left in", folder, () -> {
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

    /** Key of what lies directly in a folder and is, or holds, an object. */
    private static String childOf(ArtifactKey folder, String object) {
        int end = object.indexOf('/', folder.value().length() + 1);
        return end < 0 ? object : object.substring(0, end);
    }

    @Override
    public Path localFolder(ArtifactKey key) {
        Path folder = work.path(key);
        onThisMachine("make the folder", key, () -> Files.createDirectories(folder));
        return folder;
    }

    /** The folder then becomes this machine's copy. */
    @Override
    public void publish(ArtifactKey key) {
        Path folder = work.path(key);
        if (!Files.isDirectory(folder)) {
            // An earlier call may have come to its end without its caller hearing of it.
            bucket.size(index(key)).orElseThrow(() -> StorageException.notFound(key));
            return;
        }
        onThisMachine("publish", key, () -> {
            FolderIndex index = FolderIndex.of(folder);
            for (FolderIndex.Entry file : index.files()) {
                transfers.upload(folder.resolve(file.name()), key + "/" + file.name());
            }
            byte[] json = index.toJson();
            bucket.put(index(key), json, json.length);
            cache.adopt(key, folder);
        });
    }

    @Override
    public LocalCopy localCopy(ArtifactKey key) {
        return cache.copy(key, () -> new FolderSource(key, readIndex(key)));
    }

    @Override
    public LocalCopy localFile(ArtifactKey key, String sha256) {
        return cache.copy(key, () -> new FileSource(key, new FolderIndex.Entry(key.name(), size(key), sha256)));
    }

    /** A published folder. */
    private final class FolderSource implements LocalCache.Source {

        private final ArtifactKey key;
        private final FolderIndex index;

        FolderSource(ArtifactKey key, FolderIndex index) {
            this.key = key;
            this.index = index;
        }

        @Override
        public long bytes() {
            return index.bytes();
        }

        @Override
        public void write(Path target) throws IOException {
            Files.createDirectories(target);
            for (FolderIndex.Entry file : index.files()) {
                Path path = target.resolve(file.name());
                Files.createDirectories(path.resolveSibling("."));
                transfers.download(key, key + "/" + file.name(), file, path);
            }
        }
    }

    /** A file by itself. */
    private final class FileSource implements LocalCache.Source {

        private final ArtifactKey key;
        private final FolderIndex.Entry expected;

        FileSource(ArtifactKey key, FolderIndex.Entry expected) {
            this.key = key;
            this.expected = expected;
        }

        @Override
        public long bytes() {
            return expected.bytes();
        }

        @Override
        public void write(Path target) throws IOException {
            transfers.download(key, key.value(), expected, target);
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

    /** What lies on this machine goes even if the server refuses to list or abort uploads. */
    @Override
    public void deleteAbandoned(Instant time) {
        try {
            cache.deleteAbandoned(time);
            work.deleteAbandoned(time);
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Kind.FAILED, "cannot clear away what was left on this machine", e);
        } finally {
            abortUploadsBefore(time);
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

    private static void onThisMachine(String action, ArtifactKey key, LocalAction body) {
        try {
            body.run();
        } catch (IOException e) {
            throw StorageException.of(action, key, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    StorageException.Kind.FAILED, "cannot " + action + " '" + key + "': interrupted", e);
        }
    }

    /** Work on files of this machine. */
    private interface LocalAction {

        void run() throws IOException, InterruptedException;
    }

    @Override
    public void close() {
        transfers.close();
        bucket.client().close();
        addresses.ifPresent(DownloadAddresses::close);
    }
}
