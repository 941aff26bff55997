package dev.anneal.service.files.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.service.files.FileFixture;
import dev.anneal.service.files.FileStatus;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.models.catalog.TestCatalogs;
import dev.anneal.service.platform.database.HeldRows;
import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.SettableClock;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.TestStores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Every file ends in processed or error, whatever happens to the process that checks it; counts are made once and kept. */
@PostgresTest
class FileChecksIT {

    private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T10:00:00Z"));
    private final List<Object> events = new ArrayList<>();

    @TempDir
    private Path directory;

    private ArtifactStore store;
    private ModelCatalog catalog;
    private FileFixture fixture;
    private CheckRunner runner;
    private final FileChecks checks = new FileChecks(TestDatabase.jdbc(), event -> {});
    private TokenCounts counts;

    @BeforeEach
    void openStore() throws IOException {
        store = TestStores.at(directory.resolve("artifacts"));
        catalog = TestCatalogs.bundled(directory);
        fixture = new FileFixture(store, clock, checks);
        runner = newRunner();
        counts = new TokenCounts(TestDatabase.tenant(), clock, new FileChecks(TestDatabase.jdbc(), events::add));
    }

    @Test
    void checkedFileIsProcessedAndItsWaitersAreTold() {
        StoredFile file = fixture.upload(FileFixture.rows(10));

        assertThat(runner.runOnce()).isTrue();

        assertThat(fixture.find(file).status()).isEqualTo(FileStatus.PROCESSED);
        assertThat(Objects.requireNonNull(fixture.find(file).report()).accepted())
                .isEqualTo(10);
        assertThat(events).containsExactly(new FileChecked("default", file.id()));
        assertThat(runner.runOnce()).isFalse();
    }

    @Test
    void checkOfAProcessThatDiedIsDoneAgainAfterItsLease() {
        StoredFile file = fixture.upload(FileFixture.rows(10));
        claimAsAnother();

        assertThat(runner.runOnce()).isFalse();
        endLeases();
        assertThat(runner.runOnce()).isTrue();

        assertThat(fixture.find(file).status()).isEqualTo(FileStatus.PROCESSED);
    }

    @Test
    void resultOfAProcessThatLostItsCheckIsThrownAway() {
        StoredFile file = fixture.upload(FileFixture.rows(10));
        FileCheck lost = claimAsAnother();
        endLeases();
        runner.runOnce();

        TestDatabase.system().run(() -> checks.failed(lost, "another", "internal_error", "too late"));

        assertThat(fixture.find(file).status()).isEqualTo(FileStatus.PROCESSED);
    }

    @Test
    void checkThatEndsEveryProcessEndsInError() {
        StoredFile file = fixture.upload(FileFixture.rows(10));
        for (int attempt = 0; attempt < 3; attempt++) {
            claimAsAnother();
            endLeases();
        }

        assertThat(runner.runOnce()).isTrue();

        assertThat(fixture.find(file).status()).isEqualTo(FileStatus.ERROR);
        assertThat(fixture.find(file).statusDetails()).contains("three times");
    }

    @Test
    void checkGivenBackIsDoneAtOnceAndNotCounted() {
        fixture.upload(FileFixture.rows(10));
        claimAsAnother();
        TestDatabase.system().run(() -> checks.giveBack("another"));

        FileCheck again = claimAsAnother();

        assertThat(again.attempts()).isEqualTo(1);
    }

    @Test
    void checkDoneAgainTakesTheSameMomentForThePresent() {
        fixture.upload(FileFixture.rows(10));
        FileCheck first = claimAsAnother();
        clock.advance(Duration.ofSeconds(31));
        endLeases();

        FileCheck again = claimAsAnother();

        assertThat(again.attempts()).isEqualTo(2);
        assertThat(again.requestedAt()).isEqualTo(first.requestedAt()).isBefore(clock.instant());
    }

    @Test
    void fileWhoseContentIsLostEndsInError() {
        StoredFile file = fixture.upload(FileFixture.rows(10));
        store.delete(ArtifactKey.ofFile("default", file.id()));

        runner.runOnce();

        assertThat(fixture.find(file).status()).isEqualTo(FileStatus.ERROR);
        assertThat(fixture.find(file).statusDetails()).contains("Upload it again");
    }

    @Test
    void storeThatFailsIsAskedAgainAfterTheLease() throws IOException {
        StoredFile file = fixture.upload(FileFixture.rows(10));
        Path content = directory.resolve("artifacts/default/files").resolve(file.id());
        Path aside = java.nio.file.Files.move(content, directory.resolve("aside"));
        // Opening a folder works, reading it fails.
        java.nio.file.Files.createDirectory(content);

        assertThat(runner.runOnce()).isTrue();

        assertThat(fixture.find(file).status()).isEqualTo(FileStatus.UPLOADED);
        assertThat(events).isEmpty();
        java.nio.file.Files.delete(content);
        java.nio.file.Files.move(aside, content);
        assertThat(runner.runOnce()).isFalse();
        endLeases();
        assertThat(runner.runOnce()).isTrue();
        assertThat(fixture.find(file).status()).isEqualTo(FileStatus.PROCESSED);
    }

    @Test
    void countThatFailedThroughTheServiceIsForgottenAndAskedForAgain() {
        StoredFile file = fixture.upload(FileFixture.rows(12));
        TokenCounts.Question question = new TokenCounts.Question(catalog.require(BaseModel.BUNDLED), 64);
        counts.count(file, question);
        runner.runOnce();
        FileCheck check = claimAsAnother();
        TestDatabase.system().run(() -> checks.failed(check, "another", "internal_error", "broken"));
        assertThat(counts.count(file, question).isServiceFault()).isTrue();

        TestDatabase.tenant().run("default", () -> counts.forgetPassingFailures(file));

        assertThat(counts.count(file, question).isPending()).isTrue();
        assertThat(runner.runOnce()).isTrue();
        assertThat(counts.count(file, question).report()).isNotNull();
    }

    @Test
    void tokensAreCountedOnceForEachLengthAfterTheRowsAreChecked() {
        StoredFile file = fixture.upload(FileFixture.rows(12));
        TokenCounts.Question question = new TokenCounts.Question(catalog.require(BaseModel.BUNDLED), 64);
        assertThat(counts.count(file, question).isPending()).isTrue();
        assertThat(counts.count(file, question).isPending()).isTrue();

        assertThat(runner.runOnce()).isTrue();
        assertThat(counts.count(file, question).isPending()).isTrue();
        assertThat(runner.runOnce()).isTrue();
        assertThat(runner.runOnce()).isFalse();

        TokenReport report = Objects.requireNonNull(counts.count(file, question).report());
        assertThat(report.rows()).isEqualTo(12);
        assertThat(report.trainedTokens()).isPositive().isLessThan(report.tokens());
        assertThat(report.maxLengthTokens()).isEqualTo(64);
    }

    @Test
    void rowsLongerThanTheLengthAreReportedWithTheirLines() {
        StoredFile file = fixture.upload(FileFixture.rows(10) + FileFixture.row("word ".repeat(40) + "end"));
        TokenCounts.Question question = new TokenCounts.Question(catalog.require(BaseModel.BUNDLED), 32);
        counts.count(file, question);

        runner.runOnce();
        runner.runOnce();

        TokenReport report = Objects.requireNonNull(counts.count(file, question).report());
        assertThat(report.truncatedRows()).isEqualTo(1);
        assertThat(report.firstTruncatedLines()).containsExactly(11L);
    }

    @Test
    void tokensOfAnUnusableFileAreNotCounted() {
        StoredFile file = fixture.upload("{}\n");
        TokenCounts.Question question = new TokenCounts.Question(catalog.require(BaseModel.BUNDLED), 64);
        counts.count(file, question);

        runner.runOnce();
        runner.runOnce();

        assertThat(counts.count(file, question).failureCode()).isEqualTo("dataset_invalid");
    }

    @Test
    void countThatStallsEachTimeEndsWithTheRowAndTheRemedy() {
        StoredFile file = fixture.upload(FileFixture.rows(12));
        TokenCounts.Question question = new TokenCounts.Question(catalog.require(BaseModel.BUNDLED), 64);
        counts.count(file, question);
        runner.runOnce();
        CheckRunner stalling = runner(new CheckWork(store, catalog) {
            @Override
            List<TokenReport> count(FileCheck check, List<Integer> lengths) {
                throw new StalledRenderingException(Duration.ofMinutes(1), 7).atLine(3);
            }
        });

        for (int attempt = 0; attempt < 3; attempt++) {
            assertThat(counts.count(file, question).isPending()).isTrue();
            assertThat(stalling.runOnce()).isTrue();
            endLeases();
        }

        TokenCount count = counts.count(file, question);
        assertThat(count.isStalled()).isTrue();
        assertThat(count.failureMessage())
                .startsWith("line 3: rendering with the model's chat template took more than 60 s")
                .contains("at the last of 3 attempts", "Shorten or remove that row");
        TestDatabase.tenant().run("default", () -> counts.forgetPassingFailures(file));
        counts.count(file, question);
        runner.runOnce();
        assertThat(counts.count(file, question).report()).isNotNull();
    }

    @Test
    void deletedFileIsCheckedNoMore() {
        StoredFile file = fixture.upload(FileFixture.rows(10));
        FileCheck begun = claimAsAnother();

        fixture.files().delete("default", file.id());

        TestDatabase.system().run(() -> checks.failed(begun, "another", "internal_error", "gone"));
        assertThat(runner.runOnce()).isFalse();
    }

    /** #17: a deletion locks the file, then its checks. */
    @Test
    void aCheckThatWaitsForItsFileHoldsNothing() throws Exception {
        StoredFile file = fixture.upload(FileFixture.rows(10));
        CompletableFuture<Boolean> checking;
        try (HeldRows deleting = HeldRows.of("SELECT id FROM file WHERE id = ? FOR UPDATE", file.key())) {
            checking = CompletableFuture.supplyAsync(runner::runOnce);
            deleting.awaitWaiter();
            deleting.execute("DELETE FROM file_check WHERE file_id = ?", file.key());
        }

        assertThat(checking.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(fixture.find(file).status()).isEqualTo(FileStatus.PROCESSED);
    }

    /** #17: a deletion locks all checks of its file in no order that a renewal knows. */
    @Test
    void aRenewalWaitsForNoDeletion() throws Exception {
        StoredFile file = fixture.upload(FileFixture.rows(10));
        fixture.upload(FileFixture.rows(11));
        FileCheck deleted = claimAsAnother();
        FileCheck kept = claimAsAnother();
        try (HeldRows deleting = HeldRows.of("DELETE FROM file_check WHERE file_id = ?", file.key())) {
            TestDatabase.system().run(() -> {
                TestDatabase.jdbc().sql("SET LOCAL lock_timeout = '2s'").update();
                checks.renew("another", Set.of(deleted.id(), kept.id()), Duration.ofHours(1));
            });
            deleting.commit();
        }

        assertThat(TestDatabase.administrator()
                        .sql("SELECT id FROM file_check WHERE claimed_until > clock_timestamp() + interval '1 minute'")
                        .query(Long.class)
                        .list())
                .containsExactly(kept.id());
    }

    /** #17 */
    @Test
    void aCountThatIsAskedForWhileTheFileIsDeletedLeavesNoCheck() throws Exception {
        StoredFile file = fixture.upload(FileFixture.rows(10));
        TokenCounts.Question question = new TokenCounts.Question(catalog.require(BaseModel.BUNDLED), 64);
        CompletableFuture<TokenCount> asking;
        try (HeldRows deleting = HeldRows.of("SELECT id FROM file WHERE id = ? FOR UPDATE", file.key())) {
            asking = CompletableFuture.supplyAsync(() -> counts.count(file, question));
            deleting.awaitWaiter();
            deleting.execute("UPDATE file SET content = 'DOOMED' WHERE id = ?", file.key());
            deleting.execute("DELETE FROM file_check WHERE file_id = ?", file.key());
            deleting.commit();
        }

        assertThat(asking.get(20, TimeUnit.SECONDS).isPending()).isTrue();
        assertThat(TestDatabase.administrator()
                        .sql("SELECT count(*) FROM file_check")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    /** #17: its content goes while it is read. */
    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void theLostContentOfADeletedFileIsNoFault(CapturedOutput output) {
        StoredFile file = fixture.upload(FileFixture.rows(10));
        CheckRunner late = runner(new CheckWork(store, catalog) {
            @Override
            ValidationReport validate(FileCheck check) throws IOException {
                fixture.files().delete("default", file.id());
                return super.validate(check);
            }
        });

        assertThat(late.runOnce()).isTrue();

        assertThat(output.getOut()).doesNotContain("ERROR");
    }

    /** #19: estimates of one tenant at many lengths filled the queue of checks for hours. */
    @Test
    void anUploadDoesNotWaitForTheCountsOfAnotherTenant() {
        requestCounts(validated("default"), 5);
        fixture.uploadOf("other", FileFixture.rows(10));

        FileCheck next = claimAsAnother();

        assertThat(next.tenantId()).isEqualTo("other");
        assertThat(next.validates()).isTrue();
    }

    /** #19 */
    @Test
    void tenantsTakeTurns() {
        requestCounts(validated("default"), 3);
        requestCounts(validated("other"), 3);

        List<String> tenants = new ArrayList<>();
        for (int turn = 0; turn < 6; turn++) {
            FileCheck claimed = claimAsAnother();
            tenants.add(claimed.tenantId());
            TestDatabase.system().run(() -> checks.failed(claimed, "another", "internal_error", "ended"));
        }

        assertThat(tenants).containsExactly("default", "other", "default", "other", "default", "other");
    }

    /** #19: the turn of a tenant is kept where a deletion of its files does not reach. */
    @Test
    void aTenantThatDeletesItsFilesKeepsItsTurn() {
        validated("other");
        StoredFile deleted = validated("default");
        fixture.files().delete("default", deleted.id());
        fixture.uploadOf("default", FileFixture.rows(10));
        fixture.uploadOf("other", FileFixture.rows(10));

        assertThat(claimAsAnother().tenantId()).isEqualTo("other");
    }

    /** #19 */
    @Test
    void aTenantsUploadIsCheckedBeforeItsCounts() {
        requestCounts(validated("default"), 5);
        fixture.upload(FileFixture.rows(10));

        assertThat(claimAsAnother().validates()).isTrue();
    }

    /** #19: each length took a pass over the file. */
    @Test
    void countsOfAFileAtSeveralLengthsTakeOnePass() {
        StoredFile file = validated("default");
        requestCounts(file, 5);
        StoredFile other = validated("default");
        requestCounts(other, 1);

        assertThat(runner.runOnce()).isTrue();

        BaseModel model = catalog.require(BaseModel.BUNDLED);
        for (int length = 64; length < 69; length++) {
            assertThat(Objects.requireNonNull(counts.count(file, new TokenCounts.Question(model, length))
                                    .report())
                            .maxLengthTokens())
                    .isEqualTo(length);
        }
        assertThat(openCounts()).isEqualTo(1);
    }

    /** #19 */
    @Test
    void countsThatFailTogetherAreTriedAgainByThemselves() {
        requestCounts(validated("default"), 3);
        List<Integer> together = new ArrayList<>();
        CheckRunner failing = runner(new CheckWork(store, catalog) {
            @Override
            List<TokenReport> count(FileCheck check, List<Integer> lengths) throws IOException {
                together.add(lengths.size());
                throw new IOException("broken");
            }
        });

        failing.runOnce();

        assertThat(together).containsExactly(3);
        assertThat(claimAsAnother().attempts()).isEqualTo(1);
        assertThat(claimAsAnother().attempts()).isEqualTo(1);
        assertThat(TestDatabase.system().call(() -> checks.claim("another", Duration.ofSeconds(30))))
                .isEmpty();
    }

    /** #19 */
    @Test
    void countsThatATenantHasWaitingAreBounded() {
        StoredFile file = validated("default");
        requestCounts(file, 100);
        assertThat(openCounts()).isEqualTo(32);

        FileCheck claimed = claimAsAnother();
        TestDatabase.system().run(() -> checks.failed(claimed, "another", "internal_error", "ended"));
        requestCounts(file, 100);

        assertThat(openCounts()).isEqualTo(32);
        requestCounts(validated("other"), 1);
        assertThat(openCounts()).isEqualTo(33);
    }

    private static void endLeases() {
        TestDatabase.administrator()
                .sql(
                        "UPDATE file_check SET claimed_until = clock_timestamp() - interval '1 second' WHERE state = 'CLAIMED'")
                .update();
    }

    private StoredFile validated(String tenantId) {
        StoredFile file = fixture.uploadOf(tenantId, FileFixture.rows(10));
        assertThat(runner.runOnce()).isTrue();
        return fixture.find(file);
    }

    private void requestCounts(StoredFile file, int lengths) {
        BaseModel model = catalog.require(BaseModel.BUNDLED);
        for (int length = 0; length < lengths; length++) {
            counts.count(file, new TokenCounts.Question(model, 64 + length));
        }
    }

    private static long openCounts() {
        return TestDatabase.administrator()
                .sql("SELECT count(*) FROM file_check WHERE kind = 'COUNT' AND state IN ('WAITING', 'CLAIMED')")
                .query(Long.class)
                .single();
    }

    private FileCheck claimAsAnother() {
        return TestDatabase.system()
                .call(() -> checks.claim("another", Duration.ofSeconds(30)))
                .orElseThrow();
    }

    private CheckRunner newRunner() {
        return runner(new CheckWork(store, catalog));
    }

    private CheckRunner runner(CheckWork work) {
        return new CheckRunner(TestDatabase.system(), work, FileFixture.PROPERTIES, events::add, checks);
    }
}
