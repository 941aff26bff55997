package dev.anneal.engine.export;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.Folders;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder that appears under its name only when it is complete: it is filled beside its target and renamed at the end.
 *
 * <p>Names that end in {@code -<number>} are attempts of the same export. Leftovers of an earlier attempt are taken
 * over by renaming its folder, so that a process that still writes there can neither continue nor publish.
 */
final class StagedDirectory implements AutoCloseable {

    private static final Pattern ATTEMPT = Pattern.compile("(.*)-(\\d{1,18})");
    private static final String INCOMPLETE = ".incomplete-";

    private final Path target;
    private final Path staging;
    private final boolean continued;
    private boolean kept;

    private StagedDirectory(Path target, Path staging, boolean continued) {
        this.target = target;
        this.staging = staging;
        this.continued = continued;
    }

    /** @throws FileAlreadyExistsException if the target exists */
    static StagedDirectory beside(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        if (Files.exists(absolute)) {
            throw new FileAlreadyExistsException(absolute.toString());
        }
        Path parent = DurableFiles.parentOf(absolute);
        Files.createDirectories(parent);
        String name = String.valueOf(absolute.getFileName());
        Path staging = parent.resolve("." + name + INCOMPLETE + UUID.randomUUID());
        boolean continued = takeOver(leftovers(parent, name), staging);
        StagedDirectory staged = new StagedDirectory(absolute, staging, continued);
        Files.createDirectories(staged.path());
        Files.createDirectories(staged.receipts());
        return staged;
    }

    /** Leftovers of killed processes that filled this folder or that of an earlier attempt, newest attempt first. */
    private static List<Path> leftovers(Path parent, String name) throws IOException {
        try (Stream<Path> siblings = Files.list(parent)) {
            return siblings.filter(path -> attempt(path, name) >= 0)
                    .sorted(Comparator.comparingLong((Path path) -> attempt(path, name))
                            .reversed())
                    .toList();
        }
    }

    /** Attempt of which a folder is a leftover; negative if it is none, or that of a later attempt. */
    private static long attempt(Path folder, String name) {
        String found = String.valueOf(folder.getFileName());
        int end = found.indexOf(INCOMPLETE);
        if (end < 1 || found.charAt(0) != '.') {
            return -1;
        }
        String other = found.substring(1, end);
        Matcher own = ATTEMPT.matcher(name);
        Matcher earlier = ATTEMPT.matcher(other);
        if (own.matches() && earlier.matches() && own.group(1).equals(earlier.group(1))) {
            long number = Long.parseLong(earlier.group(2));
            return number <= Long.parseLong(own.group(2)) ? number : -1;
        }
        return other.equals(name) ? 0 : -1;
    }

    private static boolean takeOver(List<Path> leftovers, Path staging) throws IOException {
        boolean taken = false;
        for (Path leftover : leftovers) {
            if (taken) {
                Folders.delete(leftover);
            } else {
                taken = renamed(leftover, staging);
            }
        }
        return taken;
    }

    /** False if its own process has just removed it. */
    private static boolean renamed(Path leftover, Path staging) throws IOException {
        try {
            DurableFiles.rename(leftover, staging);
            return true;
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    /** Folder to write to. */
    Path path() {
        return staging.resolve("content");
    }

    /** Path of a file's receipt, which is not published. */
    Path receipt(String file) {
        return receipts().resolve(file + ".json");
    }

    private Path receipts() {
        return staging.resolve("receipts");
    }

    /** Whether there may be files of an interrupted attempt. */
    boolean isContinued() {
        return continued;
    }

    /** Removes all files but these. */
    void retain(Collection<String> names) throws IOException {
        for (Path file : files()) {
            if (!names.contains(String.valueOf(file.getFileName()))) {
                Folders.delete(file);
            }
        }
    }

    /** The files written so far, by name. */
    List<Path> files() throws IOException {
        try (Stream<Path> children = Files.list(path())) {
            return children.sorted().toList();
        }
    }

    /** Makes everything durable and renames the folder to its target. */
    void publish() throws IOException {
        for (Path file : files()) {
            DurableFiles.force(file);
        }
        DurableFiles.forceFolder(path());
        DurableFiles.rename(path(), target);
    }

    /** Keeps unpublished files for the next attempt. */
    void keep() {
        kept = true;
    }

    /** Removes unpublished files, unless they are kept. */
    @Override
    public void close() throws IOException {
        if (!kept) {
            Folders.delete(staging);
        }
    }
}
