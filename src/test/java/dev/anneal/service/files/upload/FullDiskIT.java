package dev.anneal.service.files.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.access.quota.TestQuotas;
import dev.anneal.service.files.FileFixture;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.TestStores;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is full while a file arrives is said to be, keeps nothing of it, and takes the next file that fits. It
 * takes a user who may mount.
 */
@PostgresTest
class FullDiskIT {

    private static final String TENANT = "default";
    private static final int DISK_BYTES = 1 << 18;

    @TempDir
    private Path directory;

    private boolean mounted;
    private FileFixture files;
    private Uploads uploads;
    private UploadParts parts;

    @BeforeEach
    void openStoreOnASmallDisk() throws IOException, InterruptedException {
        String refused = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "tmpfs", directory.toString());
        mounted = refused.isEmpty();
        Assumptions.assumeTrue(mounted, "NOT TESTED: a full disk, because none can be mounted here: " + refused);
        UploadRows rows = new UploadRows(TestDatabase.jdbc());
        ArtifactStore store = TestStores.at(directory);
        Clock clock = Clock.systemUTC();
        files = new FileFixture(store, clock);
        UploadProperties properties = new UploadProperties(Duration.ofHours(1), 100, Duration.ofMinutes(1));
        uploads = new Uploads(
                TestDatabase.tenant(),
                store,
                TestDatabase.identifiers(),
                files.intake(),
                new UploadSweeper(TestDatabase.jdbc(), TestDatabase.system(), store, clock),
                new UploadRules(clock, properties, files.intake(), TestQuotas.unlimited(), rows),
                rows);
        parts = new UploadParts(TestDatabase.tenant(), store, TestDatabase.identifiers(), clock, rows);
    }

    /** Which fails while a file on it is open. */
    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            assertThat(run("umount", directory.toString())).isEmpty();
        }
    }

    @Test
    void fileIsRefusedAndNothingOfItKept() throws IOException {
        assertRefused(() -> files.intake().receive(TENANT, "a", content(2 * DISK_BYTES)));

        assertThat(stored()).isEmpty();
        assertThat(count("SELECT count(*) FROM file WHERE content <> 'GONE'")).isZero();
        files.intake().complete(files.intake().receive(TENANT, "a", content(DISK_BYTES / 2)), FilePurpose.BATCH, null);
        assertThat(stored()).hasSize(1);
    }

    @Test
    void partIsRefusedAndTheUploadGoesOn() throws IOException {
        Upload upload = uploads.create(TENANT, new NewUpload("a", FilePurpose.BATCH, 2 * DISK_BYTES, null));

        assertRefused(() -> parts.add(TENANT, upload.id(), content(2 * DISK_BYTES)));

        assertThat(stored()).isEmpty();
        assertThat(count("SELECT count(*) FROM upload_part")).isZero();
        parts.add(TENANT, upload.id(), content(DISK_BYTES / 2));
        assertThat(stored()).hasSize(1);
    }

    /** The parts and the file do not fit together. */
    @Test
    void completionIsRefusedAndThePartsStay() throws IOException {
        int bytes = DISK_BYTES * 3 / 4;
        Upload upload = uploads.create(TENANT, new NewUpload("a", FilePurpose.BATCH, bytes, null));
        String part = parts.add(TENANT, upload.id(), content(bytes)).id();

        assertRefused(() -> uploads.complete(TENANT, upload.id(), List.of(part), null));

        assertThat(stored()).singleElement().asString().endsWith(part);
        assertThat(uploads.find(TENANT, upload.id()).state()).isEqualTo(UploadState.PENDING);
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(RefusalCode.STORAGE_FULL))
                .satisfies(refusal -> assertThat(refusal.code().status()).isEqualTo(507))
                .withMessageContaining("no room left");
    }

    private static ByteArrayInputStream content(int bytes) {
        return new ByteArrayInputStream(new byte[bytes]);
    }

    private List<Path> stored() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static long count(String query) {
        return TestDatabase.administrator().sql(query).query(Long.class).single();
    }

    /** What the command says if it fails. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : output + " (exit code " + process.exitValue() + ")";
    }
}
