package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.service.platform.cache.SharedCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine's class path is the build's own, or an executable jar extracted once. */
class EngineClasspathTest {

    @TempDir
    Path folder;

    @Test
    void aBuildsClassPathIsUsedAsItIs() {
        assertThat(classpath().of("/a/classes:/b/x.jar")).isEqualTo("/a/classes:/b/x.jar");
        assertThat(classpath().of("/a/classes")).isEqualTo("/a/classes");
        assertThat(classpath().of("target/classes:/b/x.jar"))
                .isEqualTo(Path.of("target/classes").toAbsolutePath() + ":/b/x.jar");
    }

    @Test
    void aPlainJarIsUsedAsItIs() throws IOException {
        Path jar = jar("plain.jar", "dev/anneal/X.class");

        assertThat(classpath().of(jar.toString())).isEqualTo(jar.toString());
    }

    @Test
    void anExecutableJarIsExtractedOnce() throws IOException {
        Path jar = jar(
                "anneal.jar", "org/springframework/Loader.class", "BOOT-INF/classes/a/X.class", "BOOT-INF/lib/y.jar");

        String classPath = classpath().of(jar.toString());

        Path runtime = Path.of(classPath.split("/classes", 2)[0]);
        assertThat(classPath).isEqualTo(runtime + "/classes:" + runtime + "/lib/*");
        assertThat(runtime.resolve("classes/a/X.class")).hasContent("content of BOOT-INF/classes/a/X.class");
        assertThat(runtime.resolve("lib/y.jar")).exists();
        FileTime extracted = Files.getLastModifiedTime(runtime.resolve("lib/y.jar"));
        assertThat(classpath().of(jar.toString())).isEqualTo(classPath);
        assertThat(Files.getLastModifiedTime(runtime.resolve("lib/y.jar"))).isEqualTo(extracted);
        assertThat(entriesOf(folder.resolve("runtime"))).hasSize(1);
    }

    @Test
    void anotherVersionIsExtractedBesideIt() throws IOException {
        Path jar = jar("anneal.jar", "org/springframework/Loader.class", "BOOT-INF/lib/y.jar");
        Path other = jarOf("other.jar", "Content of ", "org/springframework/Loader.class", "BOOT-INF/lib/y.jar");

        String first = classpath().of(jar.toString());

        assertThat(classpath().of(other.toString())).isNotEqualTo(first);
        assertThat(entriesOf(folder.resolve("runtime"))).hasSize(2);
    }

    @Test
    void anEntryOutsideItsFolderIsRefused() throws IOException {
        Path jar = jar("evil.jar", "BOOT-INF/classes/", "BOOT-INF/classes/../../../escaped.class");

        assertThatThrownBy(() -> classpath().of(jar.toString()))
                .isInstanceOf(UncheckedIOException.class)
                .rootCause()
                .hasMessageContaining("BOOT-INF/classes/../../../escaped.class");
        assertThat(entriesOf(folder.resolve("runtime"))).isEmpty();
    }

    private EngineClasspath classpath() {
        return new EngineClasspath(new SharedCache(folder.resolve("runtime")));
    }

    private Path jar(String name, String... entries) throws IOException {
        return jarOf(name, "content of ", entries);
    }

    private Path jarOf(String name, String content, String... entries) throws IOException {
        Path jar = folder.resolve(name);
        try (JarOutputStream output = new JarOutputStream(Files.newOutputStream(jar))) {
            if (entries[0].startsWith("org/springframework")) {
                output.putNextEntry(new JarEntry("BOOT-INF/classes/"));
            }
            for (String entry : entries) {
                output.putNextEntry(new JarEntry(entry));
                output.write((content + entry).getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    private static List<Path> entriesOf(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !entry.toString().endsWith(".lock")).toList();
        }
    }
}
