package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Lines are bounded, and the line after a long one is whole. */
class BoundedLinesTest {

    @Test
    void aLongLineIsCutAndTheNextIsWhole() throws IOException {
        BoundedLines lines = reader("short\n0123456789\nnext", 8);

        assertThat(lines.next()).isEqualTo("short");
        assertThat(lines.wasCut()).isFalse();
        assertThat(lines.next()).isEqualTo("01234567");
        assertThat(lines.wasCut()).isTrue();
        assertThat(lines.next()).isEqualTo("next");
        assertThat(lines.wasCut()).isFalse();
        assertThat(lines.next()).isNull();
    }

    @Test
    void emptyLinesAndTextBeyondAsciiAreKept() throws IOException {
        BoundedLines lines = reader("\nβ → 0\n", 100);

        assertThat(lines.next()).isEmpty();
        assertThat(lines.next()).isEqualTo("β → 0");
        assertThat(lines.next()).isNull();
    }

    private static BoundedLines reader(String text, int limit) {
        return new BoundedLines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), limit);
    }
}
