package dev.anneal.service.access.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.SettableClock;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Configured keys are those of their process alone; the others stand in the database. */
@PostgresTest
class ApiKeysIT {

    private static final String FIRST = "sk-first-0123456789";
    private static final String SECOND = "sk-second-0123456789";
    private static final String ADMINISTRATORS = "sk-administrators-0123456789";
    private static final SettableClock CLOCK = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));

    /** Runs on whatever is done to the clock. */
    private static final AtomicLong NANOS = new AtomicLong();

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
        assertThat(worker.principalOf(FIRST)).isEmpty();
    }

    /** Though a row has its hash: the database is not asked. */
    @Test
    void whatHasNotTheFormOfAKeyIsNotLookedUp() {
        issue(null);
        TestDatabase.administrator()
                .sql("UPDATE api_key SET hash = ?")
                .param(ApiKey.hashOf(SECOND))
                .update();

        assertThat(configured().principalOf(SECOND)).isEmpty();
        assertThat(configured().isKnownWithoutLookup(SECOND)).isTrue();
    }

    @Test
    void keyInUseIsLookedUpOnceASecond() {
        IssuedKey.Shown key = issue(null);
        ApiKeys keys = configured();
        assertThat(keys.isKnownWithoutLookup(key.secret())).isFalse();
        assertThat(keys.principalOf(key.secret())).isPresent();

        TestDatabase.administrator()
                .sql("UPDATE api_key SET revoked_at = now()")
                .update();
        assertThat(keys.principalOf(key.secret())).isPresent();
        assertThat(keys.isKnownWithoutLookup(key.secret())).isTrue();

        NANOS.addAndGet(RecentReads.FRESH.toNanos());
        assertThat(keys.principalOf(key.secret())).isEmpty();
        assertThat(keys.isKnownWithoutLookup(key.secret())).isFalse();
    }

    /** Of any number of keys that are none, that is what tells them apart from those that are. */
    @Test
    void hashesOfAllKeysAreReadOnceASecond() {
        IssuedKey.Shown key = issue(null);
        ApiKeys keys = configured();
        assertThat(keys.mayBeIssued(key.secret())).isTrue();
        assertThat(keys.mayBeIssued(KeyText.random(KeyText.PROJECT, new SecureRandom())))
                .isFalse();

        TestDatabase.administrator()
                .sql("UPDATE api_key SET revoked_at = now()")
                .update();
        assertThat(keys.mayBeIssued(key.secret())).isTrue();

        NANOS.addAndGet(RecentReads.FRESH.toNanos());
        assertThat(keys.mayBeIssued(key.secret())).isFalse();
    }

    @Test
    void clockThatIsSetBackKeepsNoKeyAlive() {
        IssuedKey.Shown key = issue(null);
        ApiKeys keys = configured();
        assertThat(keys.principalOf(key.secret())).isPresent();
        TestDatabase.administrator()
                .sql("UPDATE api_key SET revoked_at = now()")
                .update();

        CLOCK.advance(Duration.ofSeconds(-30));
        NANOS.addAndGet(RecentReads.FRESH.toNanos());

        assertThat(keys.principalOf(key.secret())).isEmpty();
    }

    @Test
    void projectIsLookedUpOnceASecond() {
        ApiKeys keys = configured("one:" + FIRST);
        assertThat(keys.principalOf(FIRST)).isPresent();

        TestDatabase.administrator()
                .sql("INSERT INTO tenant (id, created_at, archived_at) VALUES ('one', now(), now())")
                .update();
        assertThat(keys.principalOf(FIRST)).isPresent();

        NANOS.addAndGet(RecentReads.FRESH.toNanos());
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> keys.principalOf(FIRST))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(RefusalCode.PROJECT_ARCHIVED));
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

    @Test
    void administratorsKeysAdministerAndDoNothingElse() {
        assertThat(configured().principalOf(ADMINISTRATORS))
                .map(Principal::scopes)
                .contains(Scope.ofAdministrators());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> configured("one:" + ADMINISTRATORS))
                .withMessageContaining("anneal.admin-keys")
                .withMessageNotContaining(ADMINISTRATORS);
    }

    @Test
    void expiredKeySaysSo() {
        IssuedKey.Shown key = issue(CLOCK.instant().plusSeconds(60));

        assertThat(configured().principalOf(key.secret())).isPresent();
        CLOCK.advance(Duration.ofSeconds(60));
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> configured().principalOf(key.secret()))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(RefusalCode.API_KEY_EXPIRED));
    }

    @Test
    void useIsRecordedOnceInFiveMinutes() {
        IssuedKey.Shown key = issue(null);
        assertThat(lastUsed(key)).isNull();

        Instant first = CLOCK.instant();
        configured().principalOf(key.secret());
        assertThat(lastUsed(key)).isEqualTo(first);
        CLOCK.advance(Duration.ofMinutes(4));
        configured().principalOf(key.secret());
        assertThat(lastUsed(key)).isEqualTo(first);
        CLOCK.advance(Duration.ofMinutes(2));
        configured().principalOf(key.secret());
        assertThat(lastUsed(key)).isEqualTo(CLOCK.instant());
    }

    private static IssuedKey.Shown issue(@Nullable Instant expiresAt) {
        TestDatabase.administrator()
                .sql("INSERT INTO tenant (id, created_at) VALUES ('one', now())")
                .update();
        return issued().create("one", new NewKey("key", Set.of(Scope.INFERENCE), expiresAt));
    }

    private static @Nullable Instant lastUsed(IssuedKey.Shown key) {
        return issued().find("one", key.key().id()).lastUsedAt();
    }

    private static IssuedKeys issued() {
        return new IssuedKeys(
                TestDatabase.jdbc(),
                TestDatabase.system(),
                TestDatabase.identifiers(),
                new RecentReads(NANOS::get),
                CLOCK);
    }

    private static ApiKeys configured(String... entries) {
        TenantProperties properties = new TenantProperties(List.of(entries), List.of(ADMINISTRATORS));
        return new ApiKeys(
                TestDatabase.jdbc(), TestDatabase.authentication(), properties, new RecentReads(NANOS::get), CLOCK);
    }
}
