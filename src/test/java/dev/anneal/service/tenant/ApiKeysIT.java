package dev.anneal.service.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.database.PostgresTest;
import dev.anneal.service.database.TestDatabase;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The database follows the configuration of the process that started last. */
@PostgresTest
class ApiKeysIT {

    private static final String FIRST = "sk-first-0123456789";
    private static final String SECOND = "sk-second-0123456789";

    @Test
    void keyBelongsToItsTenant() {
        ApiKeys keys = configured("one:" + FIRST, "two:" + SECOND);

        assertThat(keys.required()).isTrue();
        assertThat(keys.tenantOf(FIRST)).contains(new Tenant("one"));
        assertThat(keys.tenantOf(SECOND)).contains(new Tenant("two"));
        assertThat(keys.tenantOf(FIRST + " ")).isEmpty();
    }

    @Test
    void keyThatIsNoLongerConfiguredOpensNothing() {
        configured("one:" + FIRST, "two:" + SECOND);

        ApiKeys keys = configured("two:" + SECOND);

        assertThat(keys.tenantOf(FIRST)).isEmpty();
        assertThat(keys.tenantOf(SECOND)).isPresent();
    }

    @Test
    void keyThatWasEnteredOtherwiseStays() {
        configured("one:" + FIRST);
        TestDatabase.administrator()
                .sql("INSERT INTO api_key (hash, tenant_id, name, created_at) VALUES (?, 'one', 'by hand', now())")
                .param(ApiKey.hashOf(SECOND))
                .update();

        ApiKeys keys = configured("one:" + FIRST);

        assertThat(keys.tenantOf(SECOND)).contains(new Tenant("one"));
    }

    @Test
    void withoutKeysThereIsTheDefaultTenant() {
        assertThat(configured().required()).isFalse();
        assertThat(TestDatabase.administrator()
                        .sql("SELECT id FROM tenant")
                        .query(String.class)
                        .list())
                .containsExactly(Tenant.DEFAULT.id());
    }

    private static ApiKeys configured(String... entries) {
        return new ApiKeys(TestDatabase.system(), new TenantProperties(List.of(entries)), Clock.systemUTC());
    }
}
