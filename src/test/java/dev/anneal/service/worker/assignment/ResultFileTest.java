package dev.anneal.service.worker.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Lines on their way to a store. */
class ResultFileTest {

    @Test
    void theStreamHoldsTheLinesAsTheyCame() {
        String content = ResultFile.store(
                lines -> Stream.of("step,loss\n", "1,0.5\n").forEach(lines),
                stream -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));

        assertThat(content).isEqualTo("step,loss\n1,0.5\n");
    }

    @Test
    void whatTheStoreThrowsComesOut() {
        assertThatThrownBy(() -> ResultFile.store(lines -> lines.accept("x"), stream -> {
                    throw new IllegalStateException("the store is full");
                }))
                .hasMessage("the store is full");
    }
}
