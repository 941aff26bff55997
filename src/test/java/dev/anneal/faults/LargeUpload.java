package dev.anneal.faults;

import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The form of an upload whose rows are made while they are sent. */
final class LargeUpload extends InputStream {

    private static final int MEBIBYTE = 1 << 20;
    private static final byte[] HEAD = ascii("""
            --b\r
            Content-Disposition: form-data; name="purpose"\r
            \r
            fine-tune\r
            --b\r
            Content-Disposition: form-data; name="file"; filename="large.jsonl"\r
            \r
            """);
    private static final byte[] TAIL = ascii("\r\n--b--\r\n");
    private static final byte[] ROW = ascii("""
            {"messages": [{"role": "user", "content": "%s"}, {"role": "assistant", "content": "apple river"}]}
            """.formatted("Sort the words: river apple. ".repeat(100)));

    private final long rowBytes;
    private long position;

    /** @param megabytes size of the file, to the next row */
    LargeUpload(int megabytes) {
        this.rowBytes = ((long) megabytes * MEBIBYTE / ROW.length) * ROW.length;
    }

    CompletableFuture<HttpResponse<String>> send(LoadClient client, String tenant, Answers answers) {
        HttpRequest request = client.request(tenant, "/v1/files")
                .timeout(Duration.ofMinutes(10))
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> this))
                .build();
        long start = System.nanoTime();
        return client.http()
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> {
                    answers.add(response, start);
                    return response;
                });
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        int filled = 0;
        while (filled < length) {
            byte[] source = source();
            int from = at();
            if (source.length == 0) {
                return filled == 0 ? -1 : filled;
            }
            int count = Math.min(length - filled, source.length - from);
            System.arraycopy(source, from, target, offset + filled, count);
            filled += count;
            position += count;
        }
        return filled;
    }

    private byte[] source() {
        if (position < HEAD.length) {
            return HEAD;
        }
        if (position < HEAD.length + rowBytes) {
            return ROW;
        }
        return position < HEAD.length + rowBytes + TAIL.length ? TAIL : new byte[0];
    }

    /** Position within {@link #source()}. */
    private int at() {
        if (position < HEAD.length) {
            return (int) position;
        }
        long inRows = position - HEAD.length;
        return (int) (inRows < rowBytes ? inRows % ROW.length : inRows - rowBytes);
    }
}
