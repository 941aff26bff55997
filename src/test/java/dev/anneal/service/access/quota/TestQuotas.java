package dev.anneal.service.access.quota;

import dev.anneal.service.platform.database.TestDatabase;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** This module's parts on the tests' database, for tests of the modules above it. */
public final class TestQuotas {

    private TestQuotas() {}

    /** Refuses only what was saved for a tenant. */
    public static QuotaGate unlimited() {
        return new QuotaGate(TestDatabase.tenant(), quotas());
    }

    /** Nothing trains where only saved quotas are looked at. */
    private static final class NoTrainings implements TrainingUsage {

        @Override
        public Jobs jobs(JdbcClient transaction, String tenantId) {
            return new Jobs(0, 0);
        }

        @Override
        public double hoursThisMonth(JdbcClient transaction, String tenantId) {
            return 0;
        }
    }

    /** Quotas of tenants that use nothing. */
    public static Quotas quotas() {
        return new Quotas(TestDatabase.system(), Quota.NONE, new NoTrainings(), List.of());
    }
}
