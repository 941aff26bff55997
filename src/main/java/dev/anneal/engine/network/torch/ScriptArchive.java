package dev.anneal.engine.network.torch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Creates a TorchScript archive in memory from program text, in the format of {@code torch.jit.save}, without Python.
 */
final class ScriptArchive {

    /** Version of the operators, the last one of libtorch 2.7; gelu takes {@code approximate} since 10. */
    private static final String VERSION = "10\n";

    private ScriptArchive() {}

    /**
     * @param program text of the class, kept byte for byte, so that errors name its own lines
     * @param attributes typed attributes, declared in the text as {@code name : int} or {@code name : float}; Integer
     *     or Double
     */
    static byte[] of(String className, byte[] program, Map<String, Number> attributes) throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            put(zip, "m/version", VERSION.getBytes(US_ASCII));
            put(zip, "m/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            put(zip, "m/data.pkl", object(className, attributes));
            put(zip, "m/code/__torch__.py", program);
        }
        return archive.toByteArray();
    }

    /** Pickle protocol 2 of one object: GLOBAL, EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK, items, SETITEMS, BUILD, STOP. */
    private static byte[] object(String className, Map<String, Number> attributes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream pickle = new DataOutputStream(bytes);
        pickle.write(new byte[] {(byte) 0x80, 2, 'c'});
        pickle.write(("__torch__\n" + className + "\n").getBytes(US_ASCII));
        pickle.write(new byte[] {')', (byte) 0x81, '}', '('});
        for (Map.Entry<String, Number> attribute : attributes.entrySet()) {
            byte[] name = attribute.getKey().getBytes(UTF_8);
            pickle.write('X');
            pickle.writeInt(Integer.reverseBytes(name.length));
            pickle.write(name);
            if (attribute.getValue() instanceof Integer value) {
                pickle.write('J');
                pickle.writeInt(Integer.reverseBytes(value));
            } else {
                pickle.write('G');
                pickle.writeDouble(attribute.getValue().doubleValue());
            }
        }
        pickle.write(new byte[] {'u', 'b', '.'});
        return bytes.toByteArray();
    }

    /** Uncompressed, as torch.jit.save writes entries; libtorch refuses others. */
    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
