package dev.anneal.service.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.startup.StartRefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store of any kind is one installation's, which is that of the first process, and no other one starts on it. */
@PostgresTest
public abstract class StoreOwnershipContract {

    private static final UUID OTHER = UUID.fromString("0b8d3f9e-12ac-4c57-8f1a-3d6f5a7b9c10");

    /** An empty store. */
    protected abstract ArtifactStore store();

    @AfterEach
    void beTheTestsInstallationAgain() {
        become(TestDatabase.INSTALLATION);
    }

    @Test
    void storeWithoutAMarkerIsMarkedWhateverIsInIt() throws IOException {
        ArtifactKey file = ArtifactKey.ofFile("alpha", "file-1");
        store().write(file, new ByteArrayInputStream(new byte[3]), 3);

        ownership(null).claim();

        assertThat(store().marker().read().orElseThrow())
                .contains("\"installation\":\"" + TestDatabase.INSTALLATION + "\"");
        assertThat(ownership(null).objection()).isEmpty();
        assertThatCode(() -> ownership(null).claim()).doesNotThrowAnyException();
        assertThat(store().size(file)).isEqualTo(3);
    }

    @Test
    void anotherInstallationDoesNotStartAndIsToldWhatToDo() {
        ownership(null).claim();
        become(OTHER);

        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> ownership(null).claim())
                .withMessage(
                        "The artifact store, %s, belongs to another installation: its marker .installation.json names %s, but this database is that of %s.",
                        store().marker().place(), TestDatabase.INSTALLATION, OTHER)
                .satisfies(refusal -> assertThat(refusal.action())
                        .contains("anneal.storage.directory, or anneal.storage.s3.bucket or prefix")
                        .contains("anneal.storage.adopt-from=" + TestDatabase.INSTALLATION));
        assertThat(ownership(null).objection()).isPresent();
        become(TestDatabase.INSTALLATION);
        assertThat(ownership(null).objection()).isEmpty();
    }

    @Test
    void storeIsTakenOverFromTheInstallationThatIsNamedAndNoOther() {
        ownership(null).claim();
        become(OTHER);
        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> ownership(UUID.randomUUID()).claim());

        ownership(TestDatabase.INSTALLATION).claim();

        assertThat(ownership(null).objection()).isEmpty();
        become(TestDatabase.INSTALLATION);
        assertThat(ownership(null).objection().orElseThrow()).contains("its marker .installation.json names " + OTHER);
        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> ownership(TestDatabase.INSTALLATION).claim());
    }

    @Test
    void storeIsNotTakenBackBySettingsThatWereForgotten() {
        ownership(null).claim();
        become(OTHER);
        ownership(TestDatabase.INSTALLATION).claim();
        become(TestDatabase.INSTALLATION);

        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> ownership(OTHER).claim())
                .withMessage(
                        "The artifact store, %s, was taken over from this installation, %s: its marker .installation.json names %s.",
                        store().marker().place(), TestDatabase.INSTALLATION, OTHER)
                .satisfies(refusal -> assertThat(refusal.action()).contains("delete the marker"));

        UUID third = UUID.fromString("5f0c1f1e-6a64-4b43-9f53-0f6a3c1f2d11");
        become(third);
        ownership(OTHER).claim();
        assertThat(MarkerText.read(store().marker().read().orElseThrow()))
                .contains(new MarkerText(third, List.of(OTHER, TestDatabase.INSTALLATION)));
    }

    @Test
    void databaseWithoutAnIdIsToldHowToGetItBack() {
        TestDatabase.administrator().sql("DELETE FROM installation").update();
        try {
            assertThatExceptionOfType(StartRefusedException.class)
                    .isThrownBy(() -> ownership(null).claim())
                    .withMessageContaining("The table installation of the database has no row")
                    .satisfies(refusal -> assertThat(refusal.action()).contains("INSERT INTO installation (id)"));
        } finally {
            TestDatabase.administrator()
                    .sql("INSERT INTO installation (id) VALUES (?)")
                    .param(TestDatabase.INSTALLATION)
                    .update();
        }
        assertThat(store().marker().read()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"installation\": 7}", "{\"installation\": \"ours\"}", "null"})
    void markerThatNamesNoInstallationIsNobodys(String text) {
        store().marker().replace(text);

        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> ownership(null).claim())
                .withMessageContaining("a marker .installation.json that names no installation")
                .satisfies(refusal -> assertThat(refusal.action()).contains("delete the marker"));
        assertThat(store().marker().read()).contains(text);
    }

    @Test
    void storeWhoseMarkerIsGoneIsNobodysUntilAProcessStarts() {
        assertThat(ownership(null).objection().orElseThrow()).contains("has no marker .installation.json");

        ownership(null).claim();

        assertThat(ownership(null).objection()).isEmpty();
    }

    /** An empty mount point is no new store (#17). */
    @Test
    void installationThatHasHadAStoreDoesNotBeginWithAnEmptyOneUnlessItIsToldTo() {
        TestDatabase.administrator()
                .sql("UPDATE installation SET store_marked_at = now()")
                .update();

        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> ownership(null).claim())
                .withMessageContaining("is missing: this installation, " + TestDatabase.INSTALLATION + ", has a store")
                .satisfies(refusal -> assertThat(refusal.action())
                        .contains("Mount the store's disk")
                        .contains("anneal.storage.adopt-from=" + TestDatabase.INSTALLATION));
        assertThat(store().marker().read()).isEmpty();

        assertThat(ownership(TestDatabase.INSTALLATION).claim()).isEqualTo(TestDatabase.INSTALLATION);
        assertThat(MarkerText.read(store().marker().read().orElseThrow()))
                .contains(new MarkerText(TestDatabase.INSTALLATION, List.of()));
        assertThatCode(() -> ownership(null).claim()).doesNotThrowAnyException();
    }

    private StoreOwnership ownership(@Nullable UUID predecessor) {
        return new StoreOwnership(TestDatabase.jdbc(), TestDatabase.system(), store().marker(), predecessor);
    }

    private static void become(UUID installation) {
        TestDatabase.administrator()
                .sql("UPDATE installation SET id = ?")
                .param(installation)
                .update();
    }
}
