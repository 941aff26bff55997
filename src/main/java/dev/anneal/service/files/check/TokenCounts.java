package dev.anneal.service.files.check;

import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.platform.database.TenantDatabase;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Token counts of files by model and row length: requested here, counted in the background once the file's rows are
 * validated, and stored. Callers that wait for a count listen for {@link FileChecked} and ask again.
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

    /**
     * @param maxLength maximum length of a row in tokens; longer ones are cut
     */
    public record Question(BaseModel model, int maxLength) {}

    /**
     * The count, which is requested if it was not before. A tenant has a bounded number of open requests; beyond it,
     * ask again later.
     */
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
     * Deletes counts of the file that stalled or failed because of the service, so that the next request counts again.
     * Callers that wait for such a count treat its failure as the result. Requires a transaction of the file's tenant.
     */
    public void forgetPassingFailures(StoredFile file) {
        checks.deleteFailedCounts(file.key(), List.of(TokenCount.SERVICE_FAULT, TokenCount.STALLED));
    }

    /** Starts requested checks at once, if this process runs checks. */
    public void startSoon() {
        checks.startSoon();
    }
}
