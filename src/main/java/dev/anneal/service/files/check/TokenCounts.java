package dev.anneal.service.files.check;

import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.platform.database.TenantDatabase;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Token counts of files by model and row length: requested here, counted in the background once the file's rows are known to be right, and kept. Whoever waits
 * for a count listens for {@link FileChecked} and asks again.
 */
@Component
public final class TokenCounts {

    private final TenantDatabase database;
    private final Clock clock;
    private final FileChecks checks;

    TokenCounts(TenantDatabase database, Clock clock, FileChecks checks) {
        this.database = database;
        this.clock = clock;
        this.checks = checks;
    }

    /** @param maxLength longest row in tokens; longer ones are cut */
    public record Question(BaseModel model, int maxLength) {}

    /** The count, which is begun if it was not requested before. */
    public TokenCount count(StoredFile file, Question question) {
        TokenCount count = database.call(file.tenantId(), () -> countWithin(file, question));
        if (count.isPending()) {
            startSoon();
        }
        return count;
    }

    /**
     * As {@link #count} within a transaction of the file's tenant, after whose end the caller calls {@link #startSoon}.
     */
    public TokenCount countWithin(StoredFile file, Question question) {
        return checks.findCount(file.key(), question).orElseGet(() -> {
            checks.requestCount(file, question, clock.instant());
            return TokenCount.PENDING;
        });
    }

    /**
     * Forgets counts of the file that failed through the service's fault or stalled, so that the next who asks has it counted anew. Who has waited
     * for one takes its failure for the answer. Part of a transaction of the file's tenant.
     */
    public void forgetPassingFailures(StoredFile file) {
        checks.deleteFailedCounts(file.key(), List.of(TokenCount.SERVICE_FAULT, TokenCount.STALLED));
    }

    /** Begins what was asked for now instead of at the next look, if this process does such work. */
    public void startSoon() {
        checks.startSoon();
    }
}
