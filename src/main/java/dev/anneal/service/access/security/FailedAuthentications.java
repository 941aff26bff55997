package dev.anneal.service.access.security;

import dev.anneal.service.access.ratelimit.RateLimit;
import dev.anneal.service.access.ratelimit.RateLimits;
import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Answers requests without a valid credential: 401, and 429 to an address (an IPv6 network of 64 bits) that keeps
 * sending them, or to all addresses if they keep sending them together.
 */
final class FailedAuthentications {

    /** Key under which all clients are counted. */
    private static final String ALL = "all";

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
        Refusal answer = reason;
        if (!take(limits.failedAuthentications(), ClientNetwork.of(request.getRemoteAddr()))) {
            answer = tooManyOfAddress();
        } else if (!take(limits.allFailedAuthentications(), ALL)) {
            answer = tooManyOfAll();
        }
        errors.write(response, answer);
    }

    private static boolean take(Optional<RateLimit> limit, String client) {
        return limit.map(tries -> tries.take(client).isGranted()).orElse(true);
    }

    /**
     * Called before a key is looked up in the database.
     *
     * @param mayBeIssued whether the key may be an issued one: such a key is looked up however many others fail
     *     elsewhere
     * @throws Refusal 429 if the address of {@code request} has reached the limit, or all addresses together have
     */
    void requireTriesLeft(HttpServletRequest request, BooleanSupplier mayBeIssued) {
        if (!hasSome(limits.failedAuthentications(), ClientNetwork.of(request.getRemoteAddr()))) {
            throw tooManyOfAddress();
        }
        if (!hasSome(limits.allFailedAuthentications(), ALL) && !mayBeIssued.getAsBoolean()) {
            throw tooManyOfAll();
        }
    }

    private static boolean hasSome(Optional<RateLimit> limit, String client) {
        return limit.map(tries -> tries.hasSome(client)).orElse(true);
    }

    private static Refusal tooManyOfAddress() {
        return new Refusal(
                RefusalCode.TOO_MANY_FAILED_AUTHENTICATIONS,
                "Too many requests of your address had no valid API key. Try again in a minute, with a key of this"
                        + " installation.");
    }

    private static Refusal tooManyOfAll() {
        return new Refusal(
                RefusalCode.TOO_MANY_FAILED_AUTHENTICATIONS,
                "Too many requests of all addresses had no valid API key, and this one has none either. Try again with"
                        + " a key of this installation; one that was just created works within a second.");
    }
}
