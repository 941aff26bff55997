package dev.anneal.service.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A stream from which nothing comes any more ends by itself. */
class ForwardedStreamTest {

    @Test
    void aReadOfASilentStreamFails() throws IOException {
        try (ForwardedStream stream = new ForwardedStream(new SilentStream(), Duration.ofMillis(50))) {
            assertThat(stream.read()).isEqualTo('a');
            assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessage("closed");
        }
    }

    /** One byte, then nothing until it is closed. */
    private static final class SilentStream extends InputStream {

        private final CountDownLatch closed = new CountDownLatch(1);
        private boolean read;

        @Override
        public int read() throws IOException {
            if (!read) {
                read = true;
                return 'a';
            }
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("closed");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            target[offset] = (byte) read();
            return 1;
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }
}
