package dev.anneal.service.access.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names of scopes, which stand in keys, tokens and messages. */
class ScopeTest {

    @Test
    void namesOnTheWire() {
        assertThat(Arrays.stream(Scope.values()).map(Scope::wireName))
                .containsExactly(
                        "files:read",
                        "files:write",
                        "jobs:read",
                        "jobs:write",
                        "models:read",
                        "models:write",
                        "inference",
                        "webhooks:read",
                        "webhooks:write",
                        "installation:write",
                        "admin");
        for (Scope scope : Scope.values()) {
            assertThat(Scope.named(scope.wireName())).contains(scope);
        }
        assertThat(Scope.named("FILES_READ")).isEmpty();
    }

    @Test
    void tenantsChangeNothingOfOthers() {
        assertThat(Scope.ofAdministrators()).containsExactly(Scope.INSTALLATION_WRITE, Scope.ADMIN);
        assertThat(Scope.ofTenants())
                .hasSize(Scope.values().length - 2)
                .doesNotContainAnyElementsOf(Scope.ofAdministrators());
    }

    @Test
    void whoNeedsNoKeyPullsModelsAndDoesNotAdminister() {
        assertThat(Principal.LOCAL.scopes())
                .hasSize(Scope.values().length - 1)
                .contains(Scope.INSTALLATION_WRITE)
                .doesNotContain(Scope.ADMIN);
    }

    @Test
    void listsAreInTheOrderOfDeclaration() {
        assertThat(Scope.list(List.of(Scope.INFERENCE, Scope.FILES_READ))).isEqualTo("files:read, inference");
    }
}
