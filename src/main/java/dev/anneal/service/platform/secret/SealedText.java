package dev.anneal.service.platform.secret;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An encrypted secret.
 *
 * @param keyId id of its key
 * @param content base64 of nonce, ciphertext and tag
 */
public record SealedText(String keyId, String content) {

    private static final Pattern STORED = Pattern.compile("v1\\.([A-Za-z0-9_-]+)\\.([A-Za-z0-9+/=]+)");

    /** Parses the result of {@link #stored}. */
    public static SealedText parse(String stored) {
        Matcher parts = STORED.matcher(stored);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a sealed secret reads v1.<key id>.<base64>, but this one does not");
        }
        return new SealedText(parts.group(1), parts.group(2));
    }

    /** The text to store. */
    public String stored() {
        return "v1." + keyId + "." + content;
    }

    @Override
    public String toString() {
        return "secret sealed by " + keyId;
    }
}
