package dev.anneal.service.models.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Caches that somebody else has written. */
class HubCacheTest {

    private static final String ID = "acme/tiny";

    @TempDir
    private Path folder;

    @Test
    void modelOfAnotherClientIsFoundByItsBranch() throws IOException {
        Path snapshot = write();

        HubCache cache = new HubCache(folder.resolve("hub"));

        assertThat(cache.ids()).containsExactly(ID);
        assertThat(cache.sha(ID, "main")).contains(HubServer.SHA);
        assertThat(cache.sha(ID, "v2")).isEmpty();
        assertThat(cache.snapshot(ID, HubServer.SHA)).contains(snapshot);
    }

    @Test
    void cacheBehindALinkIsACacheAsWell() throws IOException {
        write();
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("hub"));

        assertThat(new HubCache(folder.resolve("link")).snapshot(ID, HubServer.SHA))
                .isPresent();
    }

    @Test
    void linkThatLeavesTheCacheIsNotFollowed() throws IOException {
        Path snapshot = write();
        Path outside = Files.writeString(folder.resolve("secret"), "x");
        Files.createSymbolicLink(snapshot.resolve("tokenizer.json"), outside);

        assertThat(new HubCache(folder.resolve("hub")).snapshot(ID, HubServer.SHA))
                .isEmpty();
    }

    @Test
    void linkToNothingIsNoModel() throws IOException {
        Path snapshot = write();
        Files.createSymbolicLink(snapshot.resolve("tokenizer.json"), Path.of("../../blobs/absent"));

        assertThat(new HubCache(folder.resolve("hub")).snapshot(ID, HubServer.SHA))
                .isEmpty();
    }

    @Test
    void folderThatIsNotThereIsAnEmptyCache() {
        assertThat(new HubCache(folder.resolve("absent")).ids()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ".", "..", "a/..", "../a", "a/b/c", "a//b", "/a", "a--b", "a b", "a/b?x", "a%2Fb", "-a", "a\n"
            })
    void whatLeadsElsewhereIsNoId(String id) {
        assertThat(HubNames.isId(id)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/../b", "/a", "a b", "a?b", "refs/pr/1/x/y/z", "a.lock", "a\\b"})
    void whatLeadsElsewhereIsNoRevision(String revision) {
        assertThat(HubNames.isRevision(revision)).isFalse();
    }

    private Path write() throws IOException {
        Path model = folder.resolve("hub/models--acme--tiny");
        Path blobs = Files.createDirectories(model.resolve("blobs"));
        Path snapshot = Files.createDirectories(model.resolve("snapshots").resolve(HubServer.SHA));
        Files.writeString(blobs.resolve("abc"), "{}");
        Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/abc"));
        Files.writeString(Files.createDirectories(model.resolve("refs")).resolve("main"), HubServer.SHA);
        return snapshot;
    }
}
