package dev.anneal.service.files.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.access.quota.TestQuotas;
import dev.anneal.service.files.FileFixture;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.SettableClock;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.TestStores;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How uploads end that nobody completes, and what requests that meet leave. */
@PostgresTest
class UploadSweeperIT {

    private static final String TENANT = "default";

    private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T10:00:00Z"));

    @TempDir
    private Path directory;

    private final UploadRows rows = new UploadRows(TestDatabase.jdbc());
    private FileFixture files;
    private Uploads uploads;
    private UploadParts parts;
    private UploadSweeper sweeper;

    @BeforeEach
    void openStore() {
        ArtifactStore store = TestStores.at(directory);
        files = new FileFixture(store, clock);
        sweeper = new UploadSweeper(TestDatabase.jdbc(), TestDatabase.system(), store, clock);
        UploadRules rules = new UploadRules(
                clock,
                new UploadProperties(Duration.ofHours(1), 100, Duration.ofMinutes(1)),
                files.intake(),
                TestQuotas.unlimited(),
                rows);
        uploads = new Uploads(
                TestDatabase.tenant(), store, TestDatabase.identifiers(), files.intake(), sweeper, rules, rows);
        parts = new UploadParts(TestDatabase.tenant(), store, TestDatabase.identifiers(), clock, rows);
    }

    @Test
    void uploadExpiresAfterAnHourAndItsPartsAreDeleted() throws IOException {
        Upload upload = create(6);
        String part = add(upload, "abcdef");

        clock.advance(Duration.ofMinutes(59));
        sweeper.runOnce();
        assertThat(uploads.find(TENANT, upload.id()).state()).isEqualTo(UploadState.PENDING);

        clock.advance(Duration.ofMinutes(1));
        assertThat(uploads.find(TENANT, upload.id()).state()).isEqualTo(UploadState.EXPIRED);
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> uploads.complete(TENANT, upload.id(), List.of(part), null))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.UPLOAD_NOT_PENDING))
                .withMessageContaining("expired");
        assertThat(folder(upload).resolve(part)).exists();

        sweeper.runOnce();
        assertThat(folder(upload)).doesNotExist();

        clock.advance(Duration.ofDays(30));
        sweeper.runOnce();
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> uploads.find(TENANT, upload.id()))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.NOT_FOUND));
    }

    @Test
    void partWhoseUploadEndsWhileItArrivesIsNotKept() throws IOException {
        Upload upload = create(6);

        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> parts.add(
                        TENANT, upload.id(), new MeetingStream("abcdef", () -> uploads.cancel(TENANT, upload.id()))))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.UPLOAD_NOT_PENDING));
        sweeper.runOnce();

        assertThat(folder(upload)).doesNotExist();
        assertThat(count("SELECT count(*) FROM upload_part")).isZero();
        assertThat(count("SELECT count(*) FROM upload WHERE swept")).isEqualTo(1);
    }

    @Test
    void partOfADeadProcessIsForgottenADayAfterTheEnd() throws IOException {
        Upload upload = create(6);
        TestDatabase.system().run(() -> rows.beginPart(upload, "part_dead", clock.instant()));
        uploads.cancel(TENANT, upload.id());

        sweeper.runOnce();
        assertThat(count("SELECT count(*) FROM upload WHERE swept")).isZero();
        clock.advance(Duration.ofHours(25));
        sweeper.runOnce();
        assertThat(count("SELECT count(*) FROM upload WHERE swept")).isEqualTo(1);
    }

    @Test
    void partsThatCannotBeDeletedKeepNoOthersWaiting() throws IOException {
        Files.createFile(Files.createDirectories(directory.resolve("stuck")).resolve("uploads"));
        for (int i = 0; i < 100; i++) {
            uploads.create("stuck", new NewUpload("a.bin", FilePurpose.BATCH, 6, null));
        }
        Upload upload = create(6);
        add(upload, "abcdef");
        clock.advance(Duration.ofHours(1));

        sweeper.runOnce();
        sweeper.runOnce();

        assertThat(folder(upload)).doesNotExist();
        assertThat(count("SELECT count(*) FROM upload WHERE swept")).isEqualTo(1);
        Files.delete(directory.resolve("stuck/uploads"));
        sweeper.runOnce();
        assertThat(count("SELECT count(*) FROM upload WHERE swept")).isEqualTo(101);
    }

    @Test
    void aTenantHasSoManyUploadsAtATime() {
        Upload first = create(6);
        for (int i = 1; i < 100; i++) {
            create(6);
        }

        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> create(6))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.TOO_MANY_UPLOADS))
                .withMessageContaining("has 100 uploads")
                .withMessageContaining("anneal.uploads.pending");

        uploads.create("another", new NewUpload("a.bin", FilePurpose.BATCH, 6, null));
        uploads.cancel(TENANT, first.id());
        create(6);
        clock.advance(Duration.ofHours(1));
        create(6);
    }

    @Test
    void clientThatGoesAwayLeavesNoPart() throws IOException {
        Upload upload = create(6);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> parts.add(TENANT, upload.id(), new MeetingStream("abc", () -> {
                    throw new IOException("gone");
                })));

        assertThat(count("SELECT count(*) FROM upload_part")).isZero();
        assertThat(uploads.find(TENANT, upload.id()).state()).isEqualTo(UploadState.PENDING);
    }

    private Upload create(long bytes) {
        return uploads.create(TENANT, new NewUpload("a.bin", FilePurpose.BATCH, bytes, null));
    }

    private String add(Upload upload, String content) throws IOException {
        return parts.add(TENANT, upload.id(), new ByteArrayInputStream(content.getBytes(StandardCharsets.US_ASCII)))
                .id();
    }

    private Path folder(Upload upload) {
        return directory.resolve(upload.folder().value());
    }

    private static long count(String query) {
        return TestDatabase.administrator().sql(query).query(Long.class).single();
    }

    /** Content during whose arrival something happens. */
    private static final class MeetingStream extends InputStream {

        private final ByteArrayInputStream content;
        private final Event event;

        MeetingStream(String content, Event event) {
            this.content = new ByteArrayInputStream(content.getBytes(StandardCharsets.US_ASCII));
            this.event = event;
        }

        @Override
        public int read() throws IOException {
            int value = content.read();
            if (value < 0) {
                event.happen();
            }
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = content.read(target, offset, length);
            if (count < 0) {
                event.happen();
            }
            return count;
        }
    }

    /** What happens at the end of the content. */
    private interface Event {

        void happen() throws IOException;
    }
}
