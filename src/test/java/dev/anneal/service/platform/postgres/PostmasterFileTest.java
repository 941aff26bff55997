package dev.anneal.service.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from a server's own file. */
class PostmasterFileTest {

    @TempDir
    private Path data;

    @Test
    void tellsProcessAndPort() throws IOException {
        write("4711\n/data\n1700000000\n5433\n\n127.0.0.1\n  123 0\nready   \n");

        assertThat(PostmasterFile.read(data)).contains(new PostmasterFile(4711, 5433, true));
    }

    @Test
    void serverThatStartsIsNotReady() throws IOException {
        write("4711\n/data\n1700000000\n5433\n\n127.0.0.1\n  123 0\nstarting\n");

        assertThat(PostmasterFile.read(data)).contains(new PostmasterFile(4711, 5433, false));
    }

    @Test
    void portOfTheLastStartIsKnownAfterItsEnd() throws IOException {
        assertThat(PostmasterFile.lastPort(data)).isEmpty();

        Files.writeString(
                data.resolve("postmaster.opts"), "/bin/postgres \"-D\" \"/data\" \"-p\" \"5433\" \"-c\" \"a=b\"\n");

        assertThat(PostmasterFile.lastPort(data)).hasValue(5433);
    }

    @Test
    void fileThatIsNotYetCompleteTellsNothing() throws IOException {
        write("4711\n/data\n");

        assertThat(PostmasterFile.read(data)).isEmpty();
    }

    @Test
    void processWithAnotherProgramIsNotAServer() {
        assertThat(new PostmasterFile(ProcessHandle.current().pid(), 1, true).isAlive())
                .isFalse();
    }

    @Test
    void processThatIsGoneIsNotAlive() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();

        assertThat(new PostmasterFile(ended.pid(), 1, true).isAlive()).isFalse();
    }

    private void write(String text) throws IOException {
        Files.writeString(PostmasterFile.path(data), text);
    }
}
