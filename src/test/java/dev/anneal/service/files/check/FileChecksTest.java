package dev.anneal.service.files.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.files.FileFixture;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.models.catalog.TestCatalogs;
import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.SettableClock;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.TestStores;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Checks of files on a database and a store of their own. */
@PostgresTest
abstract class FileChecksTest {

    final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T10:00:00Z"));
    final List<Object> events = new ArrayList<>();

    @TempDir
    Path directory;

    ArtifactStore store;
    ModelCatalog catalog;
    FileFixture fixture;
    CheckRunner runner;
    final FileChecks checks = new FileChecks(TestDatabase.jdbc(), event -> {});
    TokenCounts counts;

    @BeforeEach
    void openStore() throws IOException {
        store = TestStores.at(directory.resolve("artifacts"));
        catalog = TestCatalogs.bundled(directory);
        fixture = new FileFixture(store, clock, checks);
        runner = newRunner();
        counts = new TokenCounts(TestDatabase.tenant(), clock, new FileChecks(TestDatabase.jdbc(), events::add));
    }

    static void endLeases() {
        TestDatabase.administrator()
                .sql(
                        "UPDATE file_check SET claimed_until = clock_timestamp() - interval '1 second' WHERE state = 'CLAIMED'")
                .update();
    }

    StoredFile validated(String tenantId) {
        StoredFile file = fixture.uploadOf(tenantId, FileFixture.rows(10));
        assertThat(runner.runOnce()).isTrue();
        return fixture.find(file);
    }

    void requestCounts(StoredFile file, int lengths) {
        BaseModel model = catalog.require(BaseModel.BUNDLED);
        for (int length = 0; length < lengths; length++) {
            counts.count(file, new TokenCounts.Question(model, 64 + length));
        }
    }

    static long openCounts() {
        return TestDatabase.administrator()
                .sql("SELECT count(*) FROM file_check WHERE kind = 'COUNT' AND state IN ('WAITING', 'CLAIMED')")
                .query(Long.class)
                .single();
    }

    FileCheck claimAsAnother() {
        return TestDatabase.system()
                .call(() -> checks.claim("another", Duration.ofSeconds(30)))
                .orElseThrow();
    }

    CheckRunner newRunner() {
        return runner(new CheckWork(store, catalog));
    }

    CheckRunner runner(CheckWork work) {
        return new CheckRunner(TestDatabase.system(), work, FileFixture.PROPERTIES, events::add, checks);
    }
}
