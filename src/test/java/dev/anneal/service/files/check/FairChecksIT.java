package dev.anneal.service.files.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.service.files.FileFixture;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Checks of several tenants, and several counts of a file. */
class FairChecksIT extends FileChecksTest {

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
}
