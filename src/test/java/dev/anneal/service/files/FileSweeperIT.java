package dev.anneal.service.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.SettableClock;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.TestStores;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How files end: deleted, expired, or never completed. */
@PostgresTest
class FileSweeperIT {

    private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T10:00:00Z"));

    @TempDir
    private Path directory;

    private ArtifactStore store;
    private FileFixture fixture;
    private FileSweeper sweeper;

    @BeforeEach
    void openStore() {
        store = TestStores.at(directory);
        fixture = new FileFixture(store, clock);
        sweeper = new FileSweeper(TestDatabase.jdbc(), TestDatabase.system(), fixture.removal(), clock);
    }

    @Test
    void expiredFileIsGoneAtItsTimeAndItsContentAtTheNextSweep() {
        StoredFile file = fixture.upload("x", Duration.ofHours(1));

        clock.advance(Duration.ofMinutes(59));
        sweeper.runOnce();
        assertThat(fixture.find(file).expiresAt()).isEqualTo(Instant.parse("2026-03-01T11:00:00Z"));

        clock.advance(Duration.ofMinutes(1));
        assertThat(fixture.files().find("default", file.id())).isEmpty();
        assertThat(store.size(file.content())).isEqualTo(1);

        sweeper.runOnce();
        assertGone(file);
    }

    @Test
    void contentThatCannotBeDeletedKeepsNoOtherWaiting() throws IOException {
        Files.createFile(Files.createDirectories(directory.resolve("stuck")).resolve("files"));
        TestDatabase.administrator().sql("""
                        INSERT INTO file (tenant_id, public_id, created_at, filename, status, content)
                        SELECT 'stuck', 'file-' || n, now(), 'a', 'UPLOADED', 'DOOMED' FROM generate_series(1, 100) AS n
                        """).update();
        StoredFile file = fixture.upload("x", Duration.ofHours(1));
        clock.advance(Duration.ofHours(1));

        sweeper.runOnce();
        sweeper.runOnce();

        assertGone(file);
    }

    @Test
    void fileInUseIsNeitherDeletedNorSwept() {
        StoredFile file = fixture.upload("x", Duration.ofHours(1));
        fixture.usedBy("ftjob-7");

        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> fixture.files().delete("default", file.id()))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.FILE_IN_USE))
                .withMessageContaining("'ftjob-7'");
        clock.advance(Duration.ofHours(2));
        sweeper.runOnce();
        assertThat(store.size(file.content())).isEqualTo(1);

        fixture.usedBy(null);
        sweeper.runOnce();
        assertGone(file);
    }

    @Test
    void uploadWhoseProcessDiedIsClearedAwayAfterADay() throws IOException {
        ReceivedFile received = fixture.intake().receive("default", "a", new ByteArrayInputStream(new byte[3]));

        clock.advance(Duration.ofHours(23));
        sweeper.runOnce();
        assertThat(state(received.id())).isEqualTo("RECEIVING");

        clock.advance(Duration.ofHours(2));
        sweeper.runOnce();
        assertThat(state(received.id())).isEqualTo("GONE");
    }

    @Test
    void contentThatCouldNotBeDeletedIsDeletedByTheSweep() {
        StoredFile file = fixture.upload("x");
        TestDatabase.system().run(() -> fixture.removal().doom(file.key()));

        sweeper.runOnce();

        assertGone(file);
    }

    private void assertGone(StoredFile file) {
        assertThat(state(file.id())).isEqualTo("GONE");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.size(file.content()))
                .satisfies(missing -> assertThat(missing.kind()).isEqualTo(StorageException.Reason.NOT_FOUND));
    }

    private static String state(String id) {
        return TestDatabase.administrator()
                .sql("SELECT content FROM file WHERE public_id = ?")
                .param(id)
                .query(String.class)
                .single();
    }
}
