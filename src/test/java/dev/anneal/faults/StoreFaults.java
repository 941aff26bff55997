package dev.anneal.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.springframework.util.FileSystemUtils;

/** The artifact store is away, refuses, is slow, and loses bits. */
final class StoreFaults {

    private static final Duration ABSENCE = Duration.ofSeconds(5);
    private static final Duration SLOW_WRITE = Duration.ofMillis(200);

    private StoreFaults() {}

    static void away(Installation installation, Random random) throws Exception {
        Path storage = installation.storage();
        Path aside = storage.resolveSibling("storage-aside");
        Files.move(storage, aside, StandardCopyOption.ATOMIC_MOVE);
        Files.createDirectory(storage);
        try {
            Thread.sleep(ABSENCE.toMillis());
        } finally {
            remove(storage);
            Files.move(aside, storage, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Removes what was written meanwhile, which a mount hides too. */
    private static void remove(Path folder) throws IOException, InterruptedException {
        for (int tries = 0; Files.exists(folder); tries++) {
            try {
                FileSystemUtils.deleteRecursively(folder);
            } catch (IOException written) {
                if (tries == 50) {
                    throw written;
                }
                Thread.sleep(20);
            }
        }
    }

    static void readOnly(Installation installation, Random random) throws Exception {
        during(installation, Disturbance.Disk.READ_ONLY);
    }

    static void full(Installation installation, Random random) throws Exception {
        during(installation, Disturbance.Disk.FULL);
    }

    static void failsSync(Installation installation, Random random) throws Exception {
        during(installation, Disturbance.Disk.FAILS_SYNC);
    }

    static void slow(Installation installation, Random random) throws Exception {
        during(
                installation,
                disturbance -> disturbance.writesTake(SLOW_WRITE),
                disturbance -> disturbance.writesTake(Duration.ZERO));
    }

    private static void during(Installation installation, Disturbance.Disk disk) throws Exception {
        during(
                installation,
                disturbance -> disturbance.disk(disk),
                disturbance -> disturbance.disk(Disturbance.Disk.HEALTHY));
    }

    private static void during(Installation installation, Consumer<Disturbance> begin, Consumer<Disturbance> end)
            throws Exception {
        List<Disturbance> disturbances =
                installation.members().stream().map(Member::disturbance).toList();
        Outage.of(ABSENCE, () -> disturbances.forEach(begin), () -> disturbances.forEach(end));
    }

    static void corrupt(Installation installation, Random random) throws IOException {
        for (String directory : installation.newestCheckpoints()) {
            Path file = installation.storage().resolve(directory).resolve("adapter.safetensors");
            if (Files.exists(file)) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                Files.write(file, bytes);
                break;
            }
        }
        installation.workers().forEach(worker -> worker.process().engines().forEach(ProcessHandle::destroyForcibly));
    }
}
