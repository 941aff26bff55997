package dev.anneal.service.platform.secret;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/** Encrypts and decrypts secrets with AES-256-GCM, with a new 96-bit nonce each time. */
public final class Secrets {

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, SealingKey> keys = new LinkedHashMap<>();
    private final @Nullable SealingKey first;

    /**
     * @param keys keys, of which the first encrypts; without any, secrets are refused
     */
    Secrets(List<SealingKey> keys) {
        for (SealingKey key : keys) {
            if (this.keys.put(key.id(), key) != null) {
                throw new IllegalArgumentException("anneal.secrets.keys has two keys with the id '" + key.id() + "'");
            }
        }
        first = keys.isEmpty() ? null : keys.get(0);
    }

    static Secrets of(SecretProperties properties) {
        List<String> entries = properties.keys();
        return new Secrets(IntStream.range(0, entries.size())
                .mapToObj(i -> SealingKey.parse(i, entries.get(i)))
                .toList());
    }

    /** Whether the key with this id is configured. */
    boolean has(String keyId) {
        return keys.containsKey(keyId);
    }

    /** Id of the key that encrypts; null if there is none. */
    @Nullable
    String sealingKey() {
        return first == null ? null : first.id();
    }

    /**
     * Encrypts a secret for its row.
     *
     * @throws Refusal {@code secrets_not_configured}
     */
    public SealedText seal(SealedColumn column, String rowId, String secret) {
        if (first == null) {
            throw new Refusal(
                    RefusalCode.SECRETS_NOT_CONFIGURED,
                    "This installation has no key to store secrets with. Its operator gives it one by"
                            + " anneal.secrets.keys.");
        }
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = crypt(
                Cipher.ENCRYPT_MODE, first, nonce, column.context(rowId), secret.getBytes(StandardCharsets.UTF_8));
        byte[] content = ByteBuffer.allocate(nonce.length + sealed.length)
                .put(nonce)
                .put(sealed)
                .array();
        return new SealedText(first.id(), Base64.getEncoder().encodeToString(content));
    }

    /**
     * Decrypts the secret of a row.
     *
     * @throws IllegalStateException if its key is not configured, or if it was encrypted for another row or changed
     */
    public String open(SealedColumn column, String rowId, SealedText sealed) {
        SealingKey key = keys.get(sealed.keyId());
        if (key == null) {
            throw new IllegalStateException("the key '" + sealed.keyId() + "' of " + column.context(rowId)
                    + " is not among anneal.secrets.keys");
        }
        ByteBuffer content = ByteBuffer.wrap(Base64.getDecoder().decode(sealed.content()));
        if (content.remaining() < NONCE_BYTES + TAG_BITS / 8) {
            throw new IllegalStateException("the encrypted text in " + column.context(rowId) + " is too short");
        }
        byte[] nonce = new byte[NONCE_BYTES];
        content.get(nonce);
        byte[] rest = new byte[content.remaining()];
        content.get(rest);
        return new String(crypt(Cipher.DECRYPT_MODE, key, nonce, column.context(rowId), rest), StandardCharsets.UTF_8);
    }

    private static byte[] crypt(int mode, SealingKey key, byte[] nonce, String context, byte[] bytes) {
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the encrypted text in " + context + " cannot be decrypted with the key '" + key.id()
                            + "': the key with this id is another one, or the row was changed",
                    e);
        }
    }
}
