package dev.anneal.service.platform.outbound;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

/**
 * Signs requests according to Standard Webhooks 1.0.0: HMAC-SHA256 of {@code id.timestamp.body}. Receivers can verify
 * it with that standard's libraries.
 */
public final class WebhookSignature {

    /** Prefix of a secret. */
    public static final String PREFIX = "whsec_";

    private final byte[] key;

    /** @throws IllegalArgumentException if the secret is not {@code whsec_} and base64 of 24 to 64 bytes */
    public WebhookSignature(String secret) {
        byte[] bytes = secret.startsWith(PREFIX) ? decoded(secret.substring(PREFIX.length())) : new byte[0];
        if (bytes.length < 24 || bytes.length > 64) {
            throw new IllegalArgumentException("a secret must be 'whsec_' and base64 of 24 to 64 random bytes, as from:"
                    + " echo whsec_$(openssl rand -base64 32)");
        }
        key = bytes;
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
     * @param signatures each signs the request; without any it is not signed
     * @param id the same for each delivery of one message
     */
    public static Map<String, String> headers(
            List<WebhookSignature> signatures, String id, Instant sentAt, byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(sentAt.getEpochSecond()));
        if (!signatures.isEmpty()) {
            headers.put(
                    "webhook-signature",
                    signatures.stream()
                            .map(signature -> signature.of(id, sentAt.getEpochSecond(), body))
                            .collect(Collectors.joining(" ")));
        }
        return headers;
    }

    /**
     * Signs with a secret of this tenant, {@code whsec_} and base64 of the HMAC-SHA256 of its id with this secret as
     * the key.
     */
    public WebhookSignature ofTenant(String tenantId) {
        byte[] derived = mac(tenantId.getBytes(StandardCharsets.UTF_8));
        return new WebhookSignature(PREFIX + Base64.getEncoder().encodeToString(derived));
    }

    /**
     * @param timestamp seconds since 1970
     * @return the value of {@code webhook-signature}
     */
    public String of(String id, long timestamp, byte[] body) {
        byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        return "v1," + Base64.getEncoder().encodeToString(mac(head, body));
    }

    private byte[] mac(byte[]... parts) {
        Mac mac = HmacUtils.getInitializedMac(HmacAlgorithms.HMAC_SHA_256, key);
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }
}
