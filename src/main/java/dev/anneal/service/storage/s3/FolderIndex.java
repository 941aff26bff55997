package dev.anneal.service.storage.s3;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The list of files of a published folder. It is stored beside the files, after all of them: a folder without it is not
 * published.
 *
 * @param files in the order in which they are stored
 */
record FolderIndex(List<Entry> files) {

    /** Begins with a dot, so it is not a key. */
    static final String NAME = ".published.json";

    /** Files by which other programs recognise a complete checkpoint or export. */
    private static final Set<String> MARKERS = Set.of("state.json", "manifest.json");

    FolderIndex {
        files = List.copyOf(files);
    }

    /** @param name relative to the folder */
    record Entry(String name, long bytes, String sha256) {

        private boolean isMarker() {
            return MARKERS.contains(name);
        }
    }

    /** @param betweenReads called about once a megabyte; may throw to end the reading */
    static FolderIndex of(Path folder, Runnable betweenReads) throws IOException {
        List<Path> paths;
        try (Stream<Path> tree = Files.walk(folder)) {
            paths = tree.filter(Files::isRegularFile).sorted().toList();
        }
        List<Entry> entries = new ArrayList<>();
        for (Path path : paths) {
            String name = folder.relativize(path).toString();
            if (ArtifactKey.stored(name).isEmpty()) {
                throw new IOException("the file '" + name + "' has a name that no key can have");
            }
            entries.add(new Entry(name, Files.size(path), Sha256.of(path, betweenReads)));
        }
        entries.sort(Comparator.comparing(Entry::isMarker).thenComparing(Entry::name));
        return new FolderIndex(entries);
    }

    /** Index of a single file, whose name relative to its key is empty. */
    static FolderIndex ofFile(long bytes, String sha256) {
        return new FolderIndex(List.of(new Entry("", bytes, sha256)));
    }

    long bytes() {
        return files.stream().mapToLong(Entry::bytes).sum();
    }

    /** This index without a file. */
    FolderIndex without(String name) {
        return new FolderIndex(
                files.stream().filter(file -> !file.name().equals(name)).toList());
    }

    byte[] toJson() {
        return JsonMapper.shared().writeValueAsBytes(this);
    }

    /** Reads a stored index, and refuses names that lead out of the folder. */
    static FolderIndex read(ArtifactKey folder, byte[] json) {
        try {
            FolderIndex index = JsonMapper.shared().readValue(json, FolderIndex.class);
            for (Entry file : index.files()) {
                if (ArtifactKey.stored(file.name()).isEmpty()) {
                    throw damaged(folder, "it names the file '" + file.name() + "'", null);
                }
            }
            return index;
        } catch (JacksonException | NullPointerException e) {
            throw damaged(folder, String.valueOf(e.getMessage()), e);
        }
    }

    private static StorageException damaged(ArtifactKey folder, String reason, @Nullable Throwable cause) {
        return new StorageException(
                StorageException.Reason.FAILED,
                "the index of '" + folder + "' (" + NAME + ") cannot be used: " + reason,
                cause);
    }
}
