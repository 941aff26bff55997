package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Linux's files say about free memory. */
class FreeMemoryTest {

    @TempDir
    private Path folder;

    @Test
    void aControlGroupThatHasLessLeftThanTheMachineDecides() throws IOException {
        Path machine = machine(1_000_000);
        Files.writeString(folder.resolve("memory.max"), "700000\n");
        Files.writeString(folder.resolve("memory.current"), "500000\n");
        Files.writeString(folder.resolve("memory.stat"), "anon 300000\ninactive_file 150000\nactive_file 50000\n");

        assertThat(FreeMemory.bytes(machine, folder)).isEqualTo(350_000);
    }

    @Test
    void withoutALimitTheMachineDecides() throws IOException {
        Path machine = machine(1_000_000);
        Files.writeString(folder.resolve("memory.max"), "max\n");

        assertThat(FreeMemory.bytes(machine, folder)).isEqualTo(1_024_000_000);
        assertThat(FreeMemory.bytes(machine, folder.resolve("none"))).isEqualTo(1_024_000_000);
        assertThat(FreeMemory.bytes(folder.resolve("none"), folder)).isEqualTo(Long.MAX_VALUE);
    }

    private Path machine(long kilobytes) throws IOException {
        return Files.writeString(
                folder.resolve("meminfo"), "MemTotal:       2000000 kB\nMemAvailable:   " + kilobytes + " kB\n");
    }
}
