package dev.anneal.service.platform.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.commons.lang3.ObjectUtils;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.NameValuePair;
import org.jspecify.annotations.Nullable;

/** An answer while its connection is open. The unread rest of an answer is not received. */
public final class OutboundResponse {

    private final ClassicHttpResponse response;

    OutboundResponse(ClassicHttpResponse response) {
        this.response = response;
    }

    public int status() {
        return response.getCode();
    }

    /** Value of the first header of this name. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(response.getFirstHeader(name)).map(NameValuePair::getValue);
    }

    /** Delay that the answer asks for by {@code Retry-After}, in seconds or until a date. */
    public Optional<Duration> retryAfter() {
        return header(HttpHeaders.RETRY_AFTER)
                .map(value -> value.matches("[0-9]{1,9}") ? Duration.ofSeconds(Long.parseLong(value)) : untilDate());
    }

    /** By the clock of the host that answered, or by this one's if it does not tell its time. */
    private @Nullable Duration untilDate() {
        Instant sent = ObjectUtils.getIfNull(
                DateUtils.parseStandardDate(response, HttpHeaders.DATE), Clock.systemUTC()::instant);
        Instant until = DateUtils.parseStandardDate(response, HttpHeaders.RETRY_AFTER);
        return until == null ? null : ObjectUtils.max(Duration.ZERO, Duration.between(sent, until));
    }

    /** The body as received, not decompressed. */
    public InputStream body() throws IOException {
        return response.getEntity() == null
                ? InputStream.nullInputStream()
                : response.getEntity().getContent();
    }

    /** The first {@code most} bytes of the body, and one more if it is longer. */
    public byte[] body(int most) throws IOException {
        return body().readNBytes(most + 1);
    }
}
