package dev.anneal.service.upload;

import dev.anneal.service.storage.ArtifactStore;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;

/** The parts of an upload as one stream, each opened when the one before it is read; hashed on the way. */
final class Assembly {

    private final MessageDigest md5 = md5();
    private final InputStream content;

    @SuppressWarnings("JdkObsolete") // SequenceInputStream takes an Enumeration and nothing else.
    Assembly(ArtifactStore store, Upload upload, List<String> partIds) {
        Iterator<String> parts = partIds.iterator();
        this.content = new DigestInputStream(
                new SequenceInputStream(new Enumeration<InputStream>() {
                    @Override
                    public boolean hasMoreElements() {
                        return parts.hasNext();
                    }

                    @Override
                    public InputStream nextElement() {
                        return store.open(upload.folder().child(parts.next()), 0);
                    }
                }),
                md5);
    }

    InputStream content() {
        return content;
    }

    /** MD5 of what was read, in hexadecimal. OpenAI's clients check by it; it protects from mistakes, not from anybody. */
    String hash() {
        return HexFormat.of().formatHex(md5.digest());
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has MD5", impossible);
        }
    }
}
