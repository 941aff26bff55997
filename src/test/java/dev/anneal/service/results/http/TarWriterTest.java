package dev.anneal.service.results.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Headers of the archive as POSIX has them; {@code ExportsIT} has tar read one. */
class TarWriterTest {

    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);

    @Test
    void sizeIsKnownBeforeTheFirstByte() throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        TarWriter tar = new TarWriter(archive, TIME);
        tar.add("a", 0, InputStream.nullInputStream());
        tar.add("b", 512, new ByteArrayInputStream(new byte[512]));
        tar.add("c", 513, new ByteArrayInputStream(new byte[513]));
        tar.finish();

        assertThat(archive.size()).isEqualTo((int) TarWriter.size(new long[] {0, 512, 513}));
    }

    @Test
    void headerHoldsNameSizeTimeAndChecksum() throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        new TarWriter(archive, TIME).add("folder/name", 3, new ByteArrayInputStream(new byte[] {1, 2, 3}));
        String header = archive.toString(StandardCharsets.ISO_8859_1);

        assertThat(header.substring(0, 12)).isEqualTo("folder/name\0");
        assertThat(header.substring(124, 136)).isEqualTo("00000000003\0");
        assertThat(header.substring(136, 148)).isEqualTo("14524770400\0");
        assertThat(header.substring(257, 265)).isEqualTo("ustar\00000");
        long sum = header.substring(0, 512).chars().asLongStream().sum();
        long ownBytes = header.substring(148, 156).chars().asLongStream().sum();
        assertThat(Long.parseLong(header.substring(148, 154), 8)).isEqualTo(sum - ownBytes + 8 * ' ');
    }

    @Test
    void sizesBeyondOctalAreWrittenInBase256() {
        byte[] header = new byte[512];
        OutputStream firstBlock = new OutputStream() {
            private int position;

            @Override
            public void write(int value) {
                if (position < header.length) {
                    header[position++] = (byte) value;
                }
            }
        };

        assertThatThrownBy(() -> new TarWriter(firstBlock, TIME).add("big", 1L << 33, InputStream.nullInputStream()))
                .isInstanceOf(IOException.class)
                .hasMessage("big ends 8589934592 bytes before its recorded size");
        assertThat(header[124]).isEqualTo((byte) 0x80);
        assertThat(header[131]).isEqualTo((byte) 2);
        assertThat(header[135]).isEqualTo((byte) 0);
    }
}
