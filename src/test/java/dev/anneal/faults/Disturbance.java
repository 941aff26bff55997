package dev.anneal.faults;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Disk and clock of a process and its children, as {@code faults/disturb.c} shows them, which is preloaded into each.
 */
final class Disturbance {

    /** What the disk does. */
    enum Disk {
        HEALTHY(0),
        /** fsync and fdatasync fail with EIO. */
        FAILS_SYNC(1),
        /** Writes fail with ENOSPC. */
        FULL(2),
        /** Changes fail with EROFS. */
        READ_ONLY(4);

        private final long flag;

        Disk(long flag) {
            this.flag = flag;
        }
    }

    private static final String LIBRARY = "anneal.faults.library";

    private final Path control;
    private final Path folder;
    private final LongBuffer numbers;

    /**
     * @param control new file
     * @param folder what is on the disk
     */
    Disturbance(Path control, Path folder) throws IOException {
        this.control = control;
        this.folder = folder;
        try (FileChannel channel = FileChannel.open(
                control, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            this.numbers = channel.map(FileChannel.MapMode.READ_WRITE, 0, 3 * Long.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
        }
    }

    /** Of a process that can be disturbed. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", System.getProperty(LIBRARY, ""),
                "DISTURB_CONTROL", control.toString(),
                "DISTURB_FOLDER", folder.toString());
    }

    /** The same for the engine processes of a worker, which inherit nothing. */
    Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>();
        environment().forEach((name, value) -> properties.put("anneal.engine.environment[%s]".formatted(name), value));
        return properties;
    }

    void disk(Disk disk) {
        numbers.put(0, disk.flag);
    }

    /** Makes each write wait. */
    void writesTake(Duration delay) {
        numbers.put(1, delay.toMillis());
    }

    /** Sets the clock ahead, or back if negative. */
    void clockIsAhead(Duration ahead) {
        numbers.put(2, ahead.toNanos());
    }
}
