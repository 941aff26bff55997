package dev.anneal.engine.train;

import dev.anneal.engine.data.EncodedRow;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 over the ids and labels of encoded rows: a resumed job trains on exactly the rows it began with. */
final class DataFingerprint {

    private DataFingerprint() {}

    static String of(List<EncodedRow> rows) {
        MessageDigest digest = sha256();
        for (EncodedRow row : rows) {
            ByteBuffer bytes = ByteBuffer.allocate((1 + 2 * row.length()) * Integer.BYTES);
            bytes.putInt(row.length());
            for (int id : row.ids()) {
                bytes.putInt(id);
            }
            for (int label : row.labels()) {
                bytes.putInt(label);
            }
            digest.update(bytes.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
