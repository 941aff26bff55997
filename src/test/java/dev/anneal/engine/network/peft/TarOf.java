package dev.anneal.engine.network.peft;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Tar archives for tests, also wrong ones. */
public final class TarOf {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public TarOf file(String name, byte[] content) {
        return entry(name, '0', content);
    }

    TarOf entry(String name, char type, byte[] content) {
        return entry(name, type, String.format(Locale.ROOT, "%011o ", content.length), content);
    }

    TarOf entry(String name, char type, String size, byte[] content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 124, size);
        header[156] = (byte) type;
        put(header, 257, "ustar\0" + "00");
        put(header, 148, "        ");
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xff;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        bytes.writeBytes(header);
        bytes.writeBytes(content);
        bytes.writeBytes(new byte[(512 - content.length % 512) % 512]);
        return this;
    }

    /** With the two blocks of zeros that end an archive. */
    public byte[] toBytes() {
        bytes.writeBytes(new byte[1024]);
        return bytes.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(encoded, 0, header, at, encoded.length);
    }
}
