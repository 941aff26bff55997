package dev.anneal.service.access.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.junit.jupiter.api.Test;

/** Bodies that hardly arrive are given up, and those that are slowly processed are not. */
class PacedBodyTest {

    private long now;

    @Test
    void aByteASecondIsGivenUpAfterTenSeconds() throws IOException {
        PacedBody body = body(1, Duration.ofSeconds(1));
        for (int second = 1; second <= 10; second++) {
            assertThat(read(body)).isEqualTo(1);
        }

        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> read(body))
                .withMessage("11 bytes of the body have arrived in 11 s");
    }

    @Test
    void aSlowNetworkIsWaitedFor() {
        PacedBody body = body(1100, Duration.ofSeconds(1));

        assertThatCode(() -> {
                    for (int second = 1; second <= 1000; second++) {
                        read(body);
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void timeInWhichBytesAreProcessedIsNotTheClients() throws IOException {
        PacedBody body = body(1, Duration.ofMillis(1));
        for (int part = 1; part <= 100; part++) {
            now += Duration.ofSeconds(10).toNanos();
            assertThat(read(body)).isEqualTo(1);
        }
    }

    @Test
    void theEndMayComeLate() throws IOException {
        assertThat(read(body(-1, Duration.ofSeconds(30)))).isEqualTo(-1);
    }

    /** Parsers read on to the end of their part when they are closed. */
    @Test
    void aBodyThatWasGivenUpIsNotWaitedForAgain() {
        PacedBody body = new PacedBody(
                new InputBuffer() {
                    @Override
                    public int doRead(ApplicationBufferHandler target) throws IOException {
                        now += Duration.ofSeconds(60).toNanos();
                        throw new SocketTimeoutException("the container's own limit");
                    }

                    @Override
                    public int available() {
                        return 0;
                    }
                },
                () -> now);

        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> read(body));
        }
        assertThat(Duration.ofNanos(now)).isEqualTo(Duration.ofSeconds(60));
    }

    private PacedBody body(int bytesPerRead, Duration timePerRead) {
        return new PacedBody(
                new InputBuffer() {
                    @Override
                    public int doRead(ApplicationBufferHandler target) {
                        now += timePerRead.toNanos();
                        return bytesPerRead;
                    }

                    @Override
                    public int available() {
                        return 0;
                    }
                },
                () -> now);
    }

    private static int read(PacedBody body) throws IOException {
        return body.doRead(new ApplicationBufferHandler() {
            @Override
            public void setByteBuffer(ByteBuffer buffer) {}

            @Override
            public ByteBuffer getByteBuffer() {
                return ByteBuffer.allocate(0);
            }

            @Override
            public void expand(int size) {}
        });
    }
}
