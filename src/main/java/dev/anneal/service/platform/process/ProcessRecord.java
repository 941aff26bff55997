package dev.anneal.service.platform.process;

import dev.anneal.engine.format.file.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Identifies the process of a folder for later sweeps. Process ids are reused, so the start time is part of the
 * identity.
 *
 * @param pid operating system's id
 * @param started when the process started
 */
record ProcessRecord(long pid, Instant started) {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessRecord.class);
    private static final String FILE = "process";

    /** Linux measures start times from the boot, whose wall-clock time shifts slightly when the clock is corrected. */
    private static final Duration CLOCK_CORRECTION = Duration.ofSeconds(5);

    /** Records the process of a folder. */
    static void write(Path folder, ProcessHandle process) throws IOException {
        Instant started = process.info().startInstant().orElse(Instant.EPOCH);
        PrivateFiles.write(folder.resolve(FILE), process.pid() + " " + started);
    }

    /** The record of a folder; empty if no process was started in it. */
    static Optional<ProcessRecord> read(Path folder) {
        try {
            String[] parts = Files.readString(folder.resolve(FILE)).strip().split(" ", 2);
            return Optional.of(new ProcessRecord(Long.parseLong(parts[0]), Instant.parse(parts[1])));
        } catch (IOException | RuntimeException e) {
            LOG.debug("No process is recorded in {}", folder, e);
            return Optional.empty();
        }
    }

    /** The process, if it still runs. */
    Optional<ProcessHandle> living() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .startInstant()
                        .map(start -> Duration.between(start, started).abs().compareTo(CLOCK_CORRECTION) < 0)
                        .orElse(false));
    }
}
