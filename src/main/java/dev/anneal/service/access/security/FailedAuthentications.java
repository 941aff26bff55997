package dev.anneal.service.access.security;

import dev.anneal.service.access.ratelimit.RateLimits;
import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers requests without a valid credential: 401, and 429 to an address (an IPv6 network of 64 bits) that keeps sending them. */
final class FailedAuthentications {

    private final RateLimits limits;
    private final ErrorWriter errors;

    FailedAuthentications(RateLimits limits, ErrorWriter errors) {
        this.limits = limits;
        this.errors = errors;
    }

    /**
     * @param reason fault of the credential
     */
    void refuse(HttpServletRequest request, HttpServletResponse response, Refusal reason) throws IOException {
        String client = ClientNetwork.of(request.getRemoteAddr());
        boolean mayGoOn = limits.failedAuthentications()
                .map(limit -> limit.take(client).isGranted())
                .orElse(true);
        errors.write(response, mayGoOn ? reason : tooMany());
    }

    /**
     * @throws Refusal 429 if the address of {@code request} has reached the limit
     */
    void requireTriesLeft(HttpServletRequest request) {
        String client = ClientNetwork.of(request.getRemoteAddr());
        boolean hasSome = limits.failedAuthentications()
                .map(limit -> limit.hasSome(client))
                .orElse(true);
        if (!hasSome) {
            throw tooMany();
        }
    }

    private static Refusal tooMany() {
        return new Refusal(
                RefusalCode.TOO_MANY_FAILED_AUTHENTICATIONS,
                "Too many requests of your address had no valid API key. Try again in a minute, with a key of this installation.");
    }
}
