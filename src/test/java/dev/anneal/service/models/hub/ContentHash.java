package dev.anneal.service.models.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** What Hubs name contents by, in hexadecimal digits. */
public final class ContentHash {

    private ContentHash() {}

    /** Of a large file. */
    public static String sha256(byte[] content) {
        return hash("SHA-256", content);
    }

    /** Of a file in git. */
    public static String git(byte[] content) {
        byte[] prefix = ("blob " + content.length + '\0').getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(prefix, prefix.length + content.length);
        System.arraycopy(content, 0, whole, prefix.length, content.length);
        return hash("SHA-1", whole);
    }

    private static String hash(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
