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
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
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
    void archiveHoldsNamesSizesTimesAndNobodysName() throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        TarWriter written = new TarWriter(archive, TIME);
        written.add("folder/name", 3, new ByteArrayInputStream(new byte[] {1, 2, 3}));
        written.finish();

        String header = archive.toString(StandardCharsets.ISO_8859_1);
        assertThat(header.substring(0, 12)).isEqualTo("folder/name\0");
        assertThat(header.substring(124, 135)).isEqualTo("00000000003");
        assertThat(header.substring(136, 147)).isEqualTo("14524770400");
        assertThat(header.substring(257, 265)).isEqualTo("ustar\00000");
        long sum = header.substring(0, 512).chars().asLongStream().sum();
        long ownBytes = header.substring(148, 156).chars().asLongStream().sum();
        assertThat(Long.parseLong(header.substring(148, 154), 8)).isEqualTo(sum - ownBytes + 8 * ' ');
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive.toByteArray()))) {
            TarArchiveEntry entry = tar.getNextEntry();
            assertThat(entry.getName()).isEqualTo("folder/name");
            assertThat(entry.getSize()).isEqualTo(3);
            assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(TIME);
            assertThat(entry.getUserName()).isEmpty();
            assertThat(entry.isCheckSumOK()).isTrue();
            assertThat(tar.readAllBytes()).containsExactly(1, 2, 3);
        }
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
