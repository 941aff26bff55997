package dev.anneal.engine.run;

import dev.anneal.engine.network.torch.DeviceMemory;
import dev.anneal.engine.network.torch.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Memory that this process can still allocate: of the host according to Linux, or of a CUDA device. */
final class FreeMemory {

    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB$");
    private static final Pattern REUSABLE = Pattern.compile("(?m)^inactive_file (\\d+)$");

    private FreeMemory() {}

    /**
     * The minimum of the free memory of the machine and of this process's control group; {@link Long#MAX_VALUE} if both
     * are unknown.
     */
    static long bytes() {
        return bytes(Path.of("/proc/meminfo"), Path.of("/sys/fs/cgroup"));
    }

    /** Free memory of a CUDA device after libtorch has released its cache. */
    static long ofDevice(String device) {
        Devices.release(device);
        return Devices.memory(device).map(DeviceMemory::free).orElse(Long.MAX_VALUE);
    }

    static long bytes(Path memoryInfo, Path controlGroup) {
        return Math.min(ofMachine(memoryInfo), ofControlGroup(controlGroup));
    }

    private static long ofMachine(Path memoryInfo) {
        try {
            Matcher available = AVAILABLE.matcher(Files.readString(memoryInfo));
            return available.find() ? 1024 * Long.parseLong(available.group(1)) : Long.MAX_VALUE;
        } catch (IOException e) {
            return Long.MAX_VALUE; // no Linux
        }
    }

    /**
     * Supports only version 2. Cached pages of files that are not mapped count as used, but the kernel reclaims them
     * when memory is short.
     */
    private static long ofControlGroup(Path folder) {
        try {
            String limit = Files.readString(folder.resolve("memory.max")).strip();
            if (limit.equals("max")) {
                return Long.MAX_VALUE;
            }
            long taken = Long.parseLong(
                    Files.readString(folder.resolve("memory.current")).strip());
            Matcher reusable = REUSABLE.matcher(Files.readString(folder.resolve("memory.stat")));
            return Long.parseLong(limit) - taken + (reusable.find() ? Long.parseLong(reusable.group(1)) : 0);
        } catch (IOException e) {
            return Long.MAX_VALUE; // no control group of this kind, or none with a limit
        }
    }
}
