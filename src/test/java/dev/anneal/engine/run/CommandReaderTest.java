package dev.anneal.engine.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Lines become signals, and the end of the input means stop. */
class CommandReaderTest {

    private final Signals signals = new Signals();
    private final AtomicInteger ends = new AtomicInteger();
    private final List<String> requests = new ArrayList<>();

    @Test
    void saveIsAskedForOnce() {
        read("save\n");

        assertThat(signals.takeSave()).isTrue();
        assertThat(signals.takeSave()).isFalse();
    }

    @Test
    void linesThatAreJsonAreHandedOnAsTheyStand() {
        read("{\"request\": \"Cancel\"}\nsave\n");

        assertThat(requests).containsExactly("{\"request\": \"Cancel\"}");
        assertThat(signals.takeSave()).isTrue();
    }

    @Test
    void endOfInputStopsTheTask() {
        read("");

        assertThat(signals.isStopping()).isTrue();
        assertThat(ends).hasValue(1);
    }

    @Test
    void unknownLineIsIgnoredAndReadingGoesOn() {
        read("dance\n\n  SAVE  \n");

        assertThat(signals.takeSave()).isTrue();
    }

    @Test
    void brokenInputStopsTheTask() {
        InputStream broken =
                new SequenceInputStream(new ByteArrayInputStream("save\n".getBytes(UTF_8)), new BrokenInput());
        new CommandReader(broken, signals, requests::add, ends::incrementAndGet).readToTheEnd();

        assertThat(signals.isStopping()).isTrue();
        assertThat(ends).hasValue(1);
    }

    private void read(String input) {
        new CommandReader(
                        new ByteArrayInputStream(input.getBytes(UTF_8)), signals, requests::add, ends::incrementAndGet)
                .readToTheEnd();
    }

    /** Fails at the first read. */
    private static final class BrokenInput extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("pipe broke");
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            throw new IOException("pipe broke");
        }
    }
}
