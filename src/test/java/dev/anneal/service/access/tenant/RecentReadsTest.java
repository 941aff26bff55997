package dev.anneal.service.access.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a look-up saw before something changed is not what later requests see. */
class RecentReadsTest {

    private static final Tenant TENANT = new Tenant("one");
    private static final EnteredKey KEY = new EnteredKey(
            new Principal(TENANT, Set.of(), new Credential(Credential.Source.API_KEY, "key")), false, null, null);

    private final RecentReads recent = new RecentReads(() -> 0);

    @Test
    void keyThatIsRevokedWhileItIsReadIsReadAgain() {
        recent.key("hash", () -> {
            recent.forget();
            return Optional.of(KEY);
        });

        assertThat(recent.key("hash", Optional::empty)).isEmpty();
    }

    /** The inner question stands for another request, during the read of this one. */
    @Test
    void hashesThatAreBeingReadAreUnknownToOthers() {
        boolean own = recent.mayBeIssued("hash", () -> {
            assertThat(CompletableFuture.supplyAsync(() -> recent.mayBeIssued("other", Set::of))
                            .join())
                    .isTrue();
            return Set.of();
        });

        assertThat(own).isFalse();
        assertThat(recent.mayBeIssued("other", Set::of)).isFalse();
    }

    @Test
    void keyThatIsCreatedInThisProcessIsIssuedAtOnce() {
        recent.mayBeIssued("hash", Set::of);
        recent.forget();

        assertThat(recent.mayBeIssued("hash", () -> Set.of("hash"))).isTrue();
    }

    @Test
    void projectThatIsArchivedWhileItIsReadIsReadAgain() {
        recent.isArchived(TENANT, () -> {
            recent.forget();
            return false;
        });

        assertThat(recent.isArchived(TENANT, () -> true)).isTrue();
        assertThat(recent.isArchived(TENANT, () -> false)).isTrue();
    }
}
