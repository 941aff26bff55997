package dev.anneal.engine.network.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks are threads of this process. */
class ProcessGroupTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void sumsAreTheSameOnEachRank(int size) throws IOException {
        List<List<float[]>> sums = TestGroup.run(size, group -> {
            try (TensorScope scope = TensorScope.open("cpu")) {
                Tensor few = scope.floats(new float[] {group.rank(), 1}, 2);
                Tensor many = scope.floats(thirds(group.rank()), 1000);
                group.sum(List.of(few, many));
                return List.of(few.toFloats(), many.toFloats());
            }
        });

        assertThat(sums).hasSize(size).allSatisfy(each -> {
            assertThat(each.get(0)).containsExactly(size * (size - 1) / 2f, size);
            assertThat(Arrays.equals(each.get(1), sums.get(0).get(1))).isTrue();
        });
    }

    private static float[] thirds(int rank) {
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i + 1) / (3f + rank);
        }
        return values;
    }

    @Test
    void bytesOfAnyLengthAreGathered() throws IOException {
        List<String> parts = List.of("", "one", "twenty-two");

        List<List<byte[]>> gathered =
                TestGroup.run(3, group -> group.gather(parts.get(group.rank()).getBytes(StandardCharsets.UTF_8)));

        assertThat(gathered)
                .allSatisfy(each -> assertThat(each)
                        .extracting(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .isEqualTo(parts));
    }

    @Test
    void tensorsAreThoseOfOneRank() throws IOException {
        List<float[]> received = TestGroup.run(2, group -> {
            try (TensorScope scope = TensorScope.open("cpu")) {
                Tensor tensor = scope.floats(new float[] {group.rank(), 7}, 2);
                group.broadcast(List.of(tensor), 1);
                return tensor.toFloats();
            }
        });

        assertThat(received).allSatisfy(each -> assertThat(each).containsExactly(1, 7));
    }

    @Test
    void aSilentRankIsGivenUpAfterTheTimeout() {
        assertThatThrownBy(() -> TestGroup.run(2, Duration.ofSeconds(2), group -> {
                    if (group.rank() == 0) {
                        group.gather(new byte[1]);
                    } else {
                        sleep(Duration.ofSeconds(5));
                    }
                    return group.rank();
                }))
                .isInstanceOfSatisfying(
                        TorchException.class, e -> assertThat(e.isOfLostRank()).isTrue());
    }

    @Test
    void ranksOfSeveralMachinesMeetAtTheFirstOne() throws IOException {
        List<String> gathered = TestGroup.run(2, freeAddress(), Duration.ofMinutes(2), ProcessGroupTest::gathered);

        assertThat(gathered).containsOnly("[0, 1]");
    }

    @Test
    void theFileInWhichRanksMetIsRemovedAfterTheLastOne(@TempDir Path folder) {
        String store = "file:" + folder.resolve("store");

        List<String> gathered = TestGroup.run(3, store, Duration.ofMinutes(2), group -> {
            assertThat(folder).isDirectoryContaining("glob:**/store");
            return gathered(group);
        });

        assertThat(gathered).containsOnly("[0, 1, 2]");
        assertThat(folder).isEmptyDirectory();
    }

    private static String gathered(ProcessGroup group) {
        return Arrays.toString(group.gather(group.rank()));
    }

    @Test
    void aRankThatDoesNotComeIsGivenUpAfterTheTimeout(@TempDir Path folder) throws IOException {
        for (String store : List.of("file:" + folder.resolve("store"), freeAddress())) {
            ProcessGroup.Meeting meeting =
                    new ProcessGroup.Meeting("incomplete", store, "127.0.0.1", Duration.ofSeconds(2));
            try (TensorScope scope = TensorScope.open("cpu")) {
                assertThatThrownBy(() -> ProcessGroup.open(scope, meeting, 0, 2))
                        .isInstanceOfSatisfying(
                                TorchException.class,
                                e -> assertThat(e.isOfLostRank())
                                        .as(e.getMessage())
                                        .isTrue());
            }
        }
    }

    @Test
    void aStoreOfAnUnknownFormIsRefused() {
        ProcessGroup.Meeting meeting =
                new ProcessGroup.Meeting("bad", "127.0.0.1:29500", "127.0.0.1", Duration.ofSeconds(2));
        try (TensorScope scope = TensorScope.open("cpu")) {
            assertThatThrownBy(() -> ProcessGroup.open(scope, meeting, 0, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"127.0.0.1:29500\"")
                    .hasMessageContaining("tcp://host:port");
        }
    }

    private static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return "tcp://127.0.0.1:" + socket.getLocalPort();
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
