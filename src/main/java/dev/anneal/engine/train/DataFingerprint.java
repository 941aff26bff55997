package dev.anneal.engine.train;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.text.data.EncodedRow;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 over the ids and labels of encoded rows: a resumed job trains on exactly the rows it began with. */
final class DataFingerprint {

    private DataFingerprint() {}

    static String of(List<EncodedRow> rows) {
        MessageDigest digest = Sha256.newDigest();
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
}
