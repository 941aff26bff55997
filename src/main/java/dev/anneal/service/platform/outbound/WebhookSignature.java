package dev.anneal.service.platform.outbound;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs requests according to Standard Webhooks 1.0.0: HMAC-SHA256 of {@code id.timestamp.body}. Receivers can verify it with that
 * standard's libraries.
 */
public final class WebhookSignature {

    /** Prefix of a secret. */
    public static final String PREFIX = "whsec_";

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    /** @throws IllegalArgumentException if the secret is not {@code whsec_} and base64 of 24 to 64 bytes */
    public WebhookSignature(String secret) {
        byte[] bytes = secret.startsWith(PREFIX) ? decoded(secret.substring(PREFIX.length())) : new byte[0];
        if (bytes.length < 24 || bytes.length > 64) {
            throw new IllegalArgumentException("a secret must be 'whsec_' and base64 of 24 to 64 random bytes, as from:"
                    + " echo whsec_$(openssl rand -base64 32)");
        }
        key = new SecretKeySpec(bytes, ALGORITHM);
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /**
     * The headers of a request.
     *
     * @param signature signs the request; null: it is not signed
     * @param id the same for each delivery of one message
     */
    public static Map<String, String> headers(
            @Nullable WebhookSignature signature, String id, Instant sentAt, byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(sentAt.getEpochSecond()));
        if (signature != null) {
            headers.put("webhook-signature", signature.of(id, sentAt.getEpochSecond(), body));
        }
        return headers;
    }

    /**
     * @param timestamp seconds since 1970
     * @return the value of {@code webhook-signature}
     */
    public String of(String id, long timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
