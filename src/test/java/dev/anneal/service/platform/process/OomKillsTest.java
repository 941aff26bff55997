package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the kernel counts the processes that it ended for want of memory (#17). */
class OomKillsTest {

    @TempDir
    private Path root;

    @Test
    void controlGroupOfTheSecondVersionComesFirst() throws IOException {
        write("proc/self/cgroup", "0::/pods/one\n");
        write("proc/vmstat", "nr_free_pages 7\noom_kill 9\n");
        write("sys/fs/cgroup/pods/one/memory.events", "low 0\noom 5\noom_kill 3\noom_group_kill 0\n");

        assertThat(OomKills.in(root).count()).hasValue(3);
    }

    @Test
    void controlGroupOfTheFirstVersionAndOneThatIsMountedAsTheRootAreRead() throws IOException {
        write("proc/self/cgroup", "4:memory:/docker/abc\n0::/\n");
        write("sys/fs/cgroup/memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
        assertThat(OomKills.in(root).count()).hasValue(2);

        write("sys/fs/cgroup/memory/docker/abc/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
        assertThat(OomKills.in(root).count()).hasValue(1);
    }

    @Test
    void machineCountsWhereNoGroupDoesAndNobodyWhereNothingCanBeRead() throws IOException {
        assertThat(OomKills.in(root).count()).isEmpty();

        write("proc/vmstat", "nr_free_pages 7\noom_kill 9\n");
        assertThat(OomKills.in(root).count()).hasValue(9);
    }

    private void write(String file, String content) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }
}
