package dev.anneal.engine.format.gguf;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys and typed values before a file's tensors, in order of insertion. */
public final class Metadata {

    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final Map<String, Value> values = new LinkedHashMap<>();

    /** A value with the number of its type. */
    private record Value(int type, Content content) {}

    /** Writes a value. */
    private interface Content {
        void writeTo(LittleEndian out);
    }

    public Metadata text(String key, String value) {
        return put(key, STRING, out -> out.text(value));
    }

    /**
     * @param value at least 0; written as an unsigned 32-bit number
     */
    public Metadata count(String key, int value) {
        return put(key, UINT32, out -> out.int32(value));
    }

    public Metadata number(String key, float value) {
        return put(key, FLOAT32, out -> out.float32(value));
    }

    public Metadata flag(String key, boolean value) {
        return put(key, BOOL, out -> out.int8(value ? 1 : 0));
    }

    public Metadata texts(String key, List<String> items) {
        return put(key, ARRAY, out -> {
            out.int32(STRING).int64(items.size());
            items.forEach(out::text);
        });
    }

    public Metadata integers(String key, int[] items) {
        return put(key, ARRAY, out -> {
            out.int32(INT32).int64(items.length);
            for (int item : items) {
                out.int32(item);
            }
        });
    }

    public Metadata numbers(String key, float[] items) {
        return put(key, ARRAY, out -> {
            out.int32(FLOAT32).int64(items.length);
            for (float item : items) {
                out.float32(item);
            }
        });
    }

    private Metadata put(String key, int type, Content content) {
        if (values.put(key, new Value(type, content)) != null) {
            throw new IllegalArgumentException("metadata '" + key + "' is given twice");
        }
        return this;
    }

    /** Skips a key and its value. */
    static void skip(ByteBuffer head) {
        LittleEndian.text(head);
        int type = head.getInt();
        if (type == ARRAY) {
            int item = head.getInt();
            for (long items = head.getLong(); items > 0; items--) {
                skipValue(head, item);
            }
        } else {
            skipValue(head, type);
        }
    }

    private static void skipValue(ByteBuffer head, int type) {
        switch (type) {
            case BOOL -> head.get();
            case UINT32, INT32, FLOAT32 -> head.getInt();
            case STRING -> LittleEndian.text(head);
            default -> throw new IllegalArgumentException("unknown value type " + type);
        }
    }

    int size() {
        return values.size();
    }

    void writeTo(LittleEndian out) {
        values.forEach((key, value) -> {
            out.text(key).int32(value.type);
            value.content.writeTo(out);
        });
    }
}
