package dev.anneal.service.access.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.anneal.penetration.Penetration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How an entry of anneal.api-keys is read. */
@Penetration
class ApiKeyTest {

    /** Of {@code printf sk-0123456789abcdef | sha256sum}. */
    private static final String HASH = "221df437bc4f8c4d9718bd7a9ec4c1021c72fd69dfb2a5f568ecf4607c824bee";

    @Test
    void entryIsATenantAndTheHashOfItsKey() {
        ApiKey key = ApiKey.parse("team-a:sk-0123456789abcdef");

        assertThat(key.tenant()).isEqualTo(new Tenant("team-a"));
        assertThat(key.hash()).isEqualTo(HASH);
        assertThat(key.toString()).doesNotContain(HASH).doesNotContain("0123456789");
    }

    @Test
    void keyMayHoldColons() {
        assertThat(ApiKey.parse("a:b:0123456789abcdef").hash()).isEqualTo(ApiKey.hashOf("b:0123456789abcdef"));
    }

    @ParameterizedTest
    @CsvSource({
        "sk-0123456789abcdef, has no colon",
        "team:short, at least 16",
        "Team:sk-0123456789abcdef, lower-case",
        ":sk-0123456789abcdef, lower-case",
        "a/b:sk-0123456789abcdef, lower-case",
    })
    void otherEntriesAreRefusedWithoutShowingTheKey(String entry, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiKey.parse(entry))
                .withMessageContaining(reason)
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("0123456789"));
    }
}
