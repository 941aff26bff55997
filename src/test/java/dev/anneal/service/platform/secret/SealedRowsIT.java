package dev.anneal.service.platform.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.startup.StartRefusedException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stored secrets when the keys change. */
@PostgresTest
class SealedRowsIT {

    private static final String OLD = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String NEW = "new:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHgA=";
    private static final SealedColumn SECRET = new SealedColumn("webhook_endpoint", "external_id", "secret");
    private static final SealedColumn PREVIOUS = new SealedColumn("webhook_endpoint", "external_id", "previous_secret");

    private static Secrets secrets(String... keys) {
        return Secrets.of(new SecretProperties(List.of(keys)));
    }

    private static SealedRows rows(String... keys) {
        return new SealedRows(TestDatabase.jdbc(), TestDatabase.system(), secrets(keys), List.of(SECRET, PREVIOUS));
    }

    private static void addEndpoint(String tenant, String id) {
        TestDatabase.tenant()
                .run(
                        tenant,
                        () -> TestDatabase.jdbc()
                                .sql("""
                        INSERT INTO webhook_endpoint
                            (tenant_id, external_id, name, url, event_types, secret, secret_hint, previous_secret, previous_secret_until)
                        VALUES (:tenant, :id, 'n', 'https://a', '{x}', :secret, 'h', :previous, now())
                        """)
                                .param("tenant", tenant)
                                .param("id", id)
                                .param(
                                        "secret",
                                        secrets(OLD)
                                                .seal(SECRET, id, "secret of " + id)
                                                .stored())
                                .param(
                                        "previous",
                                        secrets(OLD)
                                                .seal(PREVIOUS, id, "former of " + id)
                                                .stored())
                                .update());
    }

    /** Contexts of other tests have none of these keys. */
    @AfterEach
    void leaveNothing() {
        TestDatabase.administrator().sql("DELETE FROM webhook_endpoint").update();
    }

    private static SealedText stored(SealedColumn column, String id) {
        return SealedText.parse(TestDatabase.administrator()
                .sql("SELECT " + column.column() + " FROM webhook_endpoint WHERE external_id = :id")
                .param("id", id)
                .query(String.class)
                .single());
    }

    @Test
    void rowsOfOlderKeysAreSealedAnew() {
        addEndpoint("one", "we_1");
        addEndpoint("two", "we_2");
        rows(NEW, OLD).runOnce();
        assertThat(secrets(NEW).open(SECRET, "we_1", stored(SECRET, "we_1"))).isEqualTo("secret of we_1");
        assertThat(secrets(NEW).open(PREVIOUS, "we_2", stored(PREVIOUS, "we_2")))
                .isEqualTo("former of we_2");
        rows(NEW).afterSingletonsInstantiated();
    }

    @Test
    void aMissingKeyIsNamedAtTheStart() {
        rows(NEW).afterSingletonsInstantiated();
        addEndpoint("one", "we_1");
        rows(NEW, OLD).afterSingletonsInstantiated();
        assertThatThrownBy(() -> rows(NEW).afterSingletonsInstantiated())
                .isInstanceOfSatisfying(StartRefusedException.class, missing -> {
                    assertThat(missing)
                            .hasMessageContaining("1 rows of webhook_endpoint.secret are encrypted with the key 'old'");
                    assertThat(missing.action()).contains("Add the key 'old' to anneal.secrets.keys");
                });
    }
}
