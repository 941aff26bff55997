package dev.anneal.service.platform.process;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.PrivateFiles;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.platform.cache.SharedCache;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/**
 * The class path of an engine process. In a build or an extracted image it is this process's class path. A JVM cannot
 * read the jars inside an executable jar, so they are extracted, once for each version.
 */
final class EngineClasspath {

    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String LIBRARIES = "BOOT-INF/lib/";

    private final SharedCache cache;

    /** @param cache where executable jars are extracted */
    EngineClasspath(SharedCache cache) {
        this.cache = cache;
    }

    /**
     * @param own this process's class path, {@code java.class.path}
     * @return absolute paths, because the engine process works in another folder
     */
    String of(String own) {
        Path jar = Path.of(own.contains(File.pathSeparator) ? "" : own);
        if (!Files.isRegularFile(jar)) {
            return absolute(own);
        }
        try (JarFile archive = new JarFile(jar.toFile())) {
            return archive.getEntry(CLASSES) == null ? absolute(own) : classPathBelow(extracted(archive));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot extract " + jar, e);
        }
    }

    private static String absolute(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String classPathBelow(Path runtime) {
        return runtime.resolve("classes") + File.pathSeparator + runtime.resolve("lib") + "/*";
    }

    private Path extracted(JarFile archive) throws IOException {
        return cache.folder("runtime", version(archive), folder -> extract(archive, folder));
    }

    /** A hash of the entries' names, sizes and CRC-32s: reading the whole jar takes seconds of each start. */
    private static String version(JarFile archive) {
        return Sha256.ofText(archive.stream()
                .map(entry -> "%s %d %08x".formatted(entry.getName(), entry.getSize(), entry.getCrc()))
                .collect(Collectors.joining("\n")));
    }

    private static void extract(JarFile archive, Path target) throws IOException {
        PrivateFiles.createFolders(target.resolve("classes"));
        PrivateFiles.createFolders(target.resolve("lib"));
        for (Enumeration<JarEntry> entries = archive.entries(); entries.hasMoreElements(); ) {
            JarEntry entry = entries.nextElement();
            if (!entry.isDirectory() && entry.getName().startsWith(CLASSES)) {
                copy(archive, entry, target.resolve("classes"), entry.getName().substring(CLASSES.length()));
            } else if (!entry.isDirectory() && entry.getName().startsWith(LIBRARIES)) {
                copy(archive, entry, target.resolve("lib"), entry.getName().substring(LIBRARIES.length()));
            }
        }
    }

    private static void copy(JarFile archive, JarEntry entry, Path folder, String name) throws IOException {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder)) {
            throw new IOException("entry '" + entry.getName() + "' would be written outside its folder");
        }
        PrivateFiles.createFolders(DurableFiles.parentOf(file));
        try (InputStream content = archive.getInputStream(entry)) {
            Files.copy(content, file);
        }
    }
}
