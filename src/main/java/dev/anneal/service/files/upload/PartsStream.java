package dev.anneal.service.files.upload;

import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.BulkInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The parts of an upload as one hashed stream, each opened when the previous one is read. The JDK's SequenceInputStream
 * would open all remaining parts when closed.
 */
final class PartsStream extends BulkInputStream {

    private final ArtifactStore store;
    private final Upload upload;
    private final Iterator<String> parts;
    private final MessageDigest md5 = DigestUtils.getMd5Digest();
    private InputStream part = InputStream.nullInputStream();

    PartsStream(ArtifactStore store, Upload upload, List<String> partIds) {
        this.store = store;
        this.upload = upload;
        this.parts = partIds.iterator();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = part.read(target, offset, length);
        while (count < 0 && parts.hasNext()) {
            part.close();
            part = store.open(upload.folder().child(parts.next()), 0);
            count = part.read(target, offset, length);
        }
        if (count > 0) {
            md5.update(target, offset, count);
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        part.close();
    }

    /**
     * MD5 of the bytes read, in hexadecimal. OpenAI's clients send it as a checksum; it does not protect against
     * manipulation.
     */
    String hash() {
        return HexFormat.of().formatHex(md5.digest());
    }
}
