package dev.anneal.service.access.quota;

import dev.anneal.service.platform.database.TestDatabase;
import java.util.List;

/** This module's parts on the tests' database, for tests of the modules above it. */
public final class TestQuotas {

    private TestQuotas() {}

    /** Refuses only what was saved for a tenant. */
    public static QuotaGate unlimited() {
        return new QuotaGate(TestDatabase.jdbc(), TestDatabase.tenant(), quotas());
    }

    /**
     * What a tenant uses is the queue's to say, which this room does not know: a test that comes to ask uses the
     * service.
     */
    private static final class NoTrainings implements TrainingUsage {

        @Override
        public Jobs jobs(String tenantId) {
            throw new AssertionError("these quotas know no trainings of " + tenantId);
        }

        @Override
        public double hoursThisMonth(String tenantId) {
            throw new AssertionError("these quotas know no trainings of " + tenantId);
        }
    }

    /** What was saved for tenants; not what these use. */
    public static Quotas quotas() {
        return new Quotas(
                TestDatabase.jdbc(),
                TestDatabase.system(),
                new QuotaProperties(null, null, null, null),
                new NoTrainings(),
                List.of());
    }
}
