package dev.anneal.service.storage;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** The marker of a store in a folder: a file that appears only once it is complete. */
final class DirectoryMarker implements StoreMarker {

    private final Path root;
    private final Path temporary;
    private final Path path;

    /** @param temporary folder of the same disk, for files that are being written */
    DirectoryMarker(Path root, Path temporary) {
        this.root = root;
        this.temporary = temporary;
        this.path = root.resolve(NAME);
    }

    @Override
    public String place() {
        return "folder " + root;
    }

    @Override
    public Optional<String> read() {
        try (InputStream content = Files.newInputStream(path)) {
            return Optional.of(new String(content.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException exception) {
            throw failed("read", exception);
        }
    }

    @Override
    public void create(String content) {
        write(content, this::link);
    }

    /**
     * A link fails if the name is taken. On file systems without links a rename may overwrite a marker that is written
     * at the same time.
     */
    private void link(Path complete) throws IOException {
        try {
            try {
                Files.createLink(path, complete);
                DurableFiles.forceFolder(root);
            } catch (FileAlreadyExistsException taken) {
                throw taken;
            } catch (UnsupportedOperationException | FileSystemException withoutLinks) {
                Files.move(complete, path);
            }
        } catch (FileAlreadyExistsException theirs) {
            // Another process was first.
            return;
        }
    }

    @Override
    public void replace(String content) {
        write(content, complete -> DurableFiles.rename(complete, path));
    }

    private void write(String content, Naming naming) {
        Path complete = temporary.resolve(UUID.randomUUID().toString());
        try {
            // The only place that creates the folder of a store: at the first start of an installation.
            PrivateFiles.createFolders(temporary);
            try {
                DurableFiles.write(complete, content.getBytes(StandardCharsets.UTF_8));
                naming.apply(complete);
            } finally {
                Files.deleteIfExists(complete);
            }
        } catch (IOException exception) {
            throw failed("write", exception);
        }
    }

    private StorageException failed(String action, IOException cause) {
        return StorageException.ofDisk("cannot %s %s: %s".formatted(action, path, cause.getMessage()), cause);
    }

    /** Gives the complete file the marker's name. */
    private interface Naming {

        void apply(Path complete) throws IOException;
    }
}
