package dev.anneal.service.platform.secret;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * An AES-256 key.
 *
 * @param id id that is stored with encrypted texts
 */
record SealingKey(String id, SecretKey key) {

    static final int BYTES = 32;

    private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/=_-]+)");

    /**
     * @param number index of the entry in the list, for the message
     */
    static SealingKey parse(int number, String entry) {
        Matcher parts = ENTRY.matcher(entry.strip());
        if (parts.matches()) {
            byte[] bytes = decoded(parts.group(2));
            if (bytes.length == BYTES) {
                return new SealingKey(parts.group(1), new SecretKeySpec(bytes, "AES"));
            }
        }
        throw new IllegalArgumentException(
                ("anneal.secrets.keys[%d] must be an id of letters, digits, '-' and '_', a colon, and base64 of"
                                        + " %d bytes, as from:")
                                .formatted(number, BYTES)
                        + " echo key-1:$(openssl rand -base64 32)");
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    @Override
    public String toString() {
        return id;
    }
}
