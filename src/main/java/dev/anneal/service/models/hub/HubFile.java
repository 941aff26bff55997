package dev.anneal.service.models.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A file of a revision.
 *
 * @param name name in the repository's root
 * @param hash SHA-256 of a large file's content, git's id (a SHA-1) of others; also the name of its blob in the cache
 */
record HubFile(String name, long bytes, String hash) {

    private static final int SHA256_DIGITS = 64;

    /** A new digest, which for git's ids has already read the header before the content. */
    MessageDigest newDigest() {
        MessageDigest digest = isLarge() ? DigestUtils.getSha256Digest() : DigestUtils.getSha1Digest();
        restart(digest);
        return digest;
    }

    /** Resets a digest to the state that {@link #newDigest} returns. */
    void restart(MessageDigest digest) {
        digest.reset();
        if (!isLarge()) {
            beginBlob(digest, bytes);
        }
    }

    /** Git's id of a content, in hexadecimal digits. */
    static String gitHash(byte[] content) {
        MessageDigest digest = DigestUtils.getSha1Digest();
        beginBlob(digest, content.length);
        return HexFormat.of().formatHex(digest.digest(content));
    }

    private static void beginBlob(MessageDigest digest, long bytes) {
        digest.update(("blob " + bytes + '\0').getBytes(StandardCharsets.US_ASCII));
    }

    private boolean isLarge() {
        return hash.length() == SHA256_DIGITS;
    }
}
