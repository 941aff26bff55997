package dev.anneal.service.platform.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that threads and processes share. */
class FolderCacheTest {

    @TempDir
    private Path folder;

    private FolderCache cache;

    @BeforeEach
    void create() {
        cache = new FolderCache(folder);
    }

    @Test
    void folderInUseIsNotRemoved() throws IOException {
        FolderCache.Use one = use("a");
        FolderCache.Use other = use("a");

        one.close();
        assertThat(cache.remove("a")).isFalse();
        assertThat(one.folder().resolve("file")).hasContent("content");
        other.close();
        assertThat(cache.remove("a")).isTrue();
        assertThat(one.folder()).doesNotExist();
        assertThat(cache.remove("a")).isTrue();
    }

    @Test
    void foldersAreListedFromTheLeastRecentlyUsed() throws IOException {
        use("a").close();
        use("b").close();
        Files.setLastModifiedTime(
                folder.resolve("b"), FileTime.from(FolderCache.CLOCK.instant().minusSeconds(60)));
        Files.createDirectory(folder.resolve("of-somebody-else"));

        assertThat(cache.entries()).extracting(FolderCache.Entry::name).containsExactly("b", "a");
        assertThat(cache.entries()).extracting(FolderCache.Entry::bytes).containsExactly(7L, 7L);
    }

    @Test
    void whatIsBeingCreatedIsNoRemainsButWhatADeadProcessLeftIs() throws IOException {
        Path dead = Files.createDirectory(folder.resolve(".unfinished-dead"));

        cache.use(
                        "a",
                        unfinished -> {
                            Files.writeString(unfinished.resolve("file"), "content");
                            new FolderCache(folder).removeUnfinished();
                            assertThat(unfinished.resolve("file")).exists();
                        },
                        () -> {})
                .close();

        assertThat(dead).doesNotExist();
        assertThat(folder.resolve("a/file")).hasContent("content");
    }

    @Test
    void whoWaitsForAnotherMayEndTheWait() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        FutureTask<FolderCache.Use> first = new FutureTask<>(() -> cache.use(
                "a",
                unfinished -> {
                    begun.countDown();
                    await(goesOn);
                    Files.writeString(unfinished.resolve("file"), "content");
                },
                () -> {}));
        new Thread(first).start();
        await(begun);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> cache.use("a", FolderCacheTest::fill, () -> {
                    throw new IllegalStateException("no longer wanted");
                }));
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> use("a"));
        assertThat(Thread.interrupted()).isTrue();

        goesOn.countDown();
        first.get().close();
        assertThat(cache.remove("a")).isTrue();
    }

    private FolderCache.Use use(String name) throws IOException {
        return cache.use(name, FolderCacheTest::fill, () -> {});
    }

    private static void fill(Path unfinished) throws IOException {
        Files.writeString(unfinished.resolve("file"), "content");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new InterruptedIOException());
        }
    }
}
