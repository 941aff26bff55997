package dev.anneal.service.files.upload;

import dev.anneal.service.access.quota.QuotaGate;
import dev.anneal.service.access.quota.UploadLimit;
import dev.anneal.service.files.FileIntake;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Clock;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Limits of uploads: expiry, number and size. */
@Component
final class UploadRules {

    private final Clock clock;
    private final UploadProperties properties;
    private final FileIntake intake;
    private final QuotaGate quotas;
    private final UploadRows rows;

    UploadRules(Clock clock, UploadProperties properties, FileIntake intake, QuotaGate quotas, UploadRows rows) {
        this.clock = clock;
        this.properties = properties;
        this.intake = intake;
        this.quotas = quotas;
        this.rows = rows;
    }

    Instant now() {
        return clock.instant();
    }

    /** When an upload created at {@code start} expires. */
    Instant endOf(Instant start) {
        return start.plus(properties.expiry());
    }

    /**
     * Checks the creation of an upload, within its transaction.
     *
     * @throws Refusal if the tenant has too many pending uploads
     */
    void admit(String tenantId, Instant now) {
        int pending = rows.countPending(tenantId, now);
        if (pending >= properties.pending()) {
            throw new Refusal(
                    RefusalCode.TOO_MANY_UPLOADS,
                    ("Tenant '%s' has %d uploads that are neither completed nor cancelled, and may have %d"
                                    + " (anneal.uploads.pending). Complete or cancel some, or wait until they expire.")
                            .formatted(tenantId, pending, properties.pending()));
        }
    }

    /** Current maximum file size of the tenant, the same as for whole files. */
    UploadLimit limit(String tenantId) {
        return quotas.uploadLimit(tenantId).orLess(intake.maxBytes(), "anneal.files.max-size of this installation");
    }
}
