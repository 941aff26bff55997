package dev.anneal.service.access.quota;

import dev.anneal.service.platform.database.TestDatabase;

/** This module's parts on the tests' database, for tests of the modules above it. */
public final class TestQuotas {

    private TestQuotas() {}

    /** Refuses only what was saved for a tenant. */
    public static QuotaGate unlimited() {
        return new QuotaGate(TestDatabase.tenant(), quotas());
    }

    public static Quotas quotas() {
        return new Quotas(TestDatabase.system(), Quota.NONE);
    }
}
