package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/** Headers that tell a client whether to retry. */
final class RefusalHeaders {

    /** Read by OpenAI's SDKs, which otherwise retry a 409 twice. */
    static final String SHOULD_RETRY = "x-should-retry";

    /** The Python SDK ignores long hints and the Java SDK follows any. */
    private static final String RETRY_SECONDS = "2";

    /** Conditions that last longer than the seconds that an SDK waits. */
    private static final Set<RefusalCode> QUOTAS =
            Set.of(RefusalCode.QUOTA_EXCEEDED, RefusalCode.TOO_MANY_JOBS, RefusalCode.TOO_MANY_UPLOADS);

    private RefusalHeaders() {}

    static HttpHeaders of(RefusalCode code) {
        HttpHeaders headers = new HttpHeaders();
        if (QUOTAS.contains(code)) {
            headers.set(SHOULD_RETRY, "false");
            return headers;
        }
        switch (code.status()) {
            case 401 -> headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            case 409, 504, 507 -> headers.set(SHOULD_RETRY, "false");
            case 429, 503 -> headers.set(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
            default -> {}
        }
        return headers;
    }
}
