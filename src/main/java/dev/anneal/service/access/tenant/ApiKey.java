package dev.anneal.service.access.tenant;

import dev.anneal.engine.format.file.Sha256;

/**
 * A configured API key. Only its hash is kept; a plain SHA-256 suffices because keys are random, which
 * {@link #MIN_LENGTH} encourages.
 */
record ApiKey(Tenant tenant, String hash) {

    static final int MIN_LENGTH = 16;

    /** @param configured {@code tenant:key} */
    static ApiKey parse(String configured) {
        int colon = configured.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("an entry of anneal.api-keys reads 'tenant:key' but one has no colon");
        }
        String key = configured.substring(colon + 1).strip();
        if (key.length() < MIN_LENGTH) {
            throw new IllegalArgumentException("a key in anneal.api-keys has at least " + MIN_LENGTH
                    + " characters but one of tenant '" + configured.substring(0, colon) + "' has " + key.length());
        }
        return new ApiKey(new Tenant(configured.substring(0, colon).strip()), hashOf(key));
    }

    /** The hash of an entry of {@code anneal.admin-keys}. */
    static String parseAdministrators(String configured) {
        String key = configured.strip();
        if (key.length() < MIN_LENGTH) {
            throw new IllegalArgumentException("a key in anneal.admin-keys has at least " + MIN_LENGTH
                    + " characters but one has " + key.length());
        }
        return hashOf(key);
    }

    static String hashOf(String key) {
        return Sha256.ofText(key);
    }

    /** Without the hash. */
    @Override
    public String toString() {
        return "ApiKey[tenant=" + tenant.id() + "]";
    }
}
