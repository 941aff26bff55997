package dev.anneal.service.platform.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is unpacked is whole, once for each version, whoever unpacks it at a time and whatever happened to it. #17 */
class SharedCacheTest {

    @TempDir
    private Path folder;

    private SharedCache cache;
    private final AtomicInteger unpacked = new AtomicInteger();

    @BeforeEach
    void make() {
        cache = new SharedCache(folder.resolve("cache"));
    }

    @Test
    void processesThatStartTogetherUnpackOnceAndAllSeeTheWhole() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(SharedCacheProgram.start(folder.resolve("cache"), "1"));
        }
        for (Process process : processes) {
            // Each says whether all was there, and whether it was the one to unpack.
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isIn(SharedCacheProgram.UNPACKED, SharedCacheProgram.FOUND);
        }
        assertThat(processes.stream().filter(each -> each.exitValue() == SharedCacheProgram.UNPACKED))
                .hasSize(1);
    }

    @Test
    void whatAKilledProcessLeftHalfUnpackedIsNeverTakenAndGoes() throws Exception {
        Process killed = SharedCacheProgram.start(folder.resolve("cache"), "1", "hang");
        SharedCacheProgram.awaitSign(killed);
        killed.destroyForcibly().waitFor();
        assertThat(entries()).anyMatch(name -> name.startsWith(".unfinished-"));

        assertThat(use("1").resolve("b")).hasContent("bb");
        assertThat(entries()).noneMatch(name -> name.startsWith(".unfinished-"));
    }

    @Test
    void itIsUnpackedOnce() {
        assertThat(use("1")).isEqualTo(use("1"));
        assertThat(unpacked).hasValue(1);
    }

    @Test
    void aFolderThatLacksAFileIsUnpackedAnew() throws IOException {
        Files.delete(use("1").resolve("b"));

        assertThat(use("1").resolve("b")).hasContent("bb");
        Files.writeString(use("1").resolve("a"), "");
        assertThat(use("1").resolve("a")).hasContent("a");
        assertThat(unpacked).hasValue(3);
    }

    /** As a power loss leaves it: nothing, a part of a line, or zeros. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"files\":{\"a\":1",
                "{\"files\":{\"a\":99999999999999999999}}",
                "{\"files\":{\"a\":null}}",
                "{\"files\":{}}",
                "{}",
                "null",
                "1 a\n2",
                "\0\0"
            })
    void aFolderWhoseListIsBrokenIsUnpackedAnew(String list) throws IOException {
        Path used = use("1");
        Files.writeString(used.resolve("a"), "");
        Files.writeString(used.resolve(".contents.json"), list);

        assertThat(use("1").resolve("a")).hasContent("a");
        assertThat(unpacked).hasValue(2);
    }

    @Test
    void versionsHaveFoldersOfTheirOwn() {
        assertThat(use("1")).isNotEqualTo(use("2"));
        assertThat(unpacked).hasValue(2);
    }

    @Test
    void nothingIsLeftOfWhatFails() {
        assertThatThrownBy(() -> cache.folder("thing", "1", target -> {
                    Files.writeString(target.resolve("a"), "half");
                    throw new IOException("disk full");
                }))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("anneal.cache-directory")
                .hasMessageContaining("disk full");
        assertThat(entries()).allMatch(name -> name.endsWith(".lock"));
    }

    @Test
    void whatNobodyHasUsedForAMonthGoesButNotWhatAProcessUses() throws Exception {
        Process user = SharedCacheProgram.start(folder.resolve("cache"), "used", "stay");
        SharedCacheProgram.awaitSign(user);
        Process earlier = SharedCacheProgram.start(folder.resolve("cache"), "unused");
        earlier.waitFor();
        Process recent = SharedCacheProgram.start(folder.resolve("cache"), "recent");
        recent.waitFor();
        age("used");
        age("unused");

        use("new");

        assertThat(entries())
                .contains("thing-used", "thing-recent", "thing-new")
                .doesNotContain("thing-unused");
        user.destroyForcibly().waitFor();
    }

    @Test
    void nativeLibrariesThatLackAFileGoSoThatTheyAreUnpackedAnew() throws IOException {
        Path engine = folder.resolve("engine");
        Path version = Files.createDirectories(engine.resolve("pytorch/2.7"));
        Files.writeString(version.resolve("libtorch.so"), "library");
        SharedCache.nativeLibraries(engine);
        Files.writeString(version.resolve("0.36-libdjl.so"), "unpacked later");
        SharedCache.nativeLibraries(engine);
        assertThat(version.resolve("0.36-libdjl.so")).exists();

        Files.delete(version.resolve("libtorch.so"));
        SharedCache.nativeLibraries(engine);
        assertThat(version).doesNotExist();
    }

    @Test
    void nativeLibrariesThatWereHalfUnpackedLongAgoGo() throws IOException {
        Path engine = folder.resolve("engine");
        Path now = Files.createDirectories(engine.resolve("pytorch/tmp1"));
        Path longAgo = Files.createDirectories(engine.resolve("pytorch/tmp2"));
        Files.setLastModifiedTime(longAgo, FileTime.from(Instant.now().minus(Duration.ofHours(2))));

        SharedCache.nativeLibraries(engine);

        assertThat(now).exists();
        assertThat(longAgo).doesNotExist();
    }

    private Path use(String version) {
        return cache.folder("thing", version, target -> {
            unpacked.incrementAndGet();
            SharedCacheProgram.fill(target);
        });
    }

    private void age(String version) throws IOException {
        Files.setLastModifiedTime(
                folder.resolve("cache/thing-" + version),
                FileTime.from(Instant.now().minus(Duration.ofDays(31))));
    }

    private List<String> entries() {
        try (Stream<Path> entries = Files.list(folder.resolve("cache"))) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
