package dev.anneal.service.tenant;

/** Enters the configured keys again after a test's tables were emptied. */
public final class TestKeys {

    private TestKeys() {}

    public static void enter(ApiKeys keys) {
        keys.enter();
    }
}
