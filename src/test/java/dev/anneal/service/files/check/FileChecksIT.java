package dev.anneal.service.files.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.service.files.FileFixture;
import dev.anneal.service.files.FileStatus;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.platform.database.HeldRows;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.storage.ArtifactKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/**
 * Every file ends in processed or error, whatever happens to the process that checks it; counts are made once and kept.
 */
class FileChecksIT extends FileChecksTest {

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
}
