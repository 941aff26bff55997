package dev.anneal.service.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.anneal.service.database.PostgresTest;
import dev.anneal.service.database.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Configured keys are those of their process alone; the others stand in the database. */
@PostgresTest
class ApiKeysIT {

    private static final String FIRST = "sk-first-0123456789";
    private static final String SECOND = "sk-second-0123456789";

    @Test
    void keyBelongsToItsTenant() {
        ApiKeys keys = configured("one:" + FIRST, "two:" + SECOND);

        assertThat(keys.required()).isTrue();
        assertThat(keys.principalOf(FIRST)).map(Principal::tenant).contains(new Tenant("one"));
        assertThat(keys.principalOf(SECOND)).map(Principal::tenant).contains(new Tenant("two"));
        assertThat(keys.principalOf(FIRST + " ")).isEmpty();
    }

    @Test
    void processesThatAreConfiguredOtherwiseLeaveEachOthersKeysAlone() {
        ApiKeys before = configured("one:" + FIRST, "two:" + SECOND);
        ApiKeys worker = configured();
        ApiKeys after = configured("two:" + SECOND);

        assertThat(before.principalOf(FIRST)).map(Principal::tenant).contains(new Tenant("one"));
        assertThat(after.principalOf(FIRST)).isEmpty();
        assertThat(after.principalOf(SECOND)).map(Principal::tenant).contains(new Tenant("two"));
        assertThat(worker.required()).isFalse();
    }

    @Test
    void keyThatWasEnteredInTheDatabaseIsFound() {
        TestDatabase.administrator().sql("""
                        WITH entered AS (INSERT INTO tenant (id, created_at) VALUES ('one', now()) RETURNING id)
                        INSERT INTO api_key (hash, tenant_id, name, created_at)
                        SELECT ?, id, 'by hand', now()
                        FROM entered
                        """).param(ApiKey.hashOf(SECOND)).update();

        assertThat(configured("one:" + FIRST).principalOf(SECOND))
                .map(Principal::tenant)
                .contains(new Tenant("one"));
    }

    @Test
    void keyOfTwoTenantsIsRefused() {
        assertThat(configured("one:" + FIRST, "one:" + FIRST).principalOf(FIRST))
                .map(Principal::tenant)
                .contains(new Tenant("one"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> configured("one:" + FIRST, "two:" + FIRST))
                .withMessageContaining("'one' and 'two'")
                .withMessageNotContaining(FIRST);
    }

    private static ApiKeys configured(String... entries) {
        return new ApiKeys(TestDatabase.system(), new TenantProperties(List.of(entries)));
    }
}
