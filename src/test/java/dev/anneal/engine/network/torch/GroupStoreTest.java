package dev.anneal.engine.network.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores are told apart and checked before libtorch sees them. */
class GroupStoreTest {

    @Test
    void aFileIsNamedByItsAbsolutePath(@TempDir Path folder) {
        Path file = folder.resolve("a store%20");

        assertThat(GroupStore.of("file:" + file)).isEqualTo(new GroupStore(file.toString(), "", 0));
    }

    @Test
    void aFileNeedsAFolder(@TempDir Path folder) {
        Path missing = folder.resolve("missing");

        assertThatThrownBy(() -> GroupStore.of("file:" + missing.resolve("store")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("there is no folder " + missing);
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://127.0.0.1:1, 127.0.0.1, 1",
        "tcp://worker-0.workers:29500, worker-0.workers, 29500",
        "tcp://[::1]:65535, ::1, 65535",
        "tcp://[fd00::2]:29500, fd00::2, 29500"
    })
    void aRankIsNamedByHostAndPort(String store, String host, int port) {
        assertThat(GroupStore.of(store)).isEqualTo(new GroupStore("", host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/tmp/store",
                "file:",
                "file:store",
                "file:/",
                "127.0.0.1:29500",
                "tcp:29500",
                "tcp://127.0.0.1",
                "tcp://:29500",
                "tcp://host:0",
                "tcp://host:65536",
                "tcp://host:-1",
                "tcp://host:port",
                "tcp://::1:29500",
                "tcp://host:29500/store",
                "tcp://host:29500?a=:29500",
                "tcp://host:29500#:29500",
                "tcp://user@host:29500",
                "http://host:29500"
            })
    void anythingElseIsRefused(String store) {
        assertThatThrownBy(() -> GroupStore.of(store))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + store + "\"")
                .hasMessageContaining("file:/absolute/path or tcp://host:port");
    }
}
