package dev.anneal.service.access.security;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTParser;
import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.schedule.DaemonThreads;
import java.io.Closeable;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Component;

/**
 * Reads tokens that configured issuers signed. An issuer's keys are read at its first token, again for unknown keys,
 * and in the background before they expire, so the service starts and works while the issuer is unreachable.
 */
@Component
final class Tokens implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");
    private static final int LONGEST_SHOWN = 200;

    /** How long keys are trusted after a read. */
    private static final Duration FRESH = Duration.ofMinutes(15);

    /** How long before their expiry they are read again, on a background thread. */
    private static final Duration AHEAD = Duration.ofMinutes(10);

    /** How long keys stay valid while their issuer is unreachable. */
    private static final Duration OUTAGE = Duration.ofHours(4);

    /** How long requests wait for a read by another request. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    /** Within this time an issuer is asked at most twice, whatever keys its tokens name. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Map<String, Trusted> issuers;

    Tokens(OidcProperties properties, OutboundHttp http) {
        this.issuers = properties.issuers().stream()
                .collect(Collectors.toUnmodifiableMap(OidcProperties.Issuer::uri, issuer -> trusted(issuer, http)));
    }

    private static Trusted trusted(OidcProperties.Issuer issuer, OutboundHttp http) {
        IssuerKeys keys = new IssuerKeys(http, issuer.uri(), issuer.jwkSetUri());
        JWKSource<SecurityContext> source = JWKSourceBuilder.create(keys)
                .cache(FRESH.toMillis(), LONGEST_WAIT.toMillis())
                .refreshAheadCache(AHEAD.toMillis(), null, reader(), true, null, false)
                .rateLimited(PAUSE.toMillis())
                .outageTolerant(OUTAGE.toMillis())
                .build();
        return new Trusted(issuer, keys, source, decoder(issuer, source));
    }

    private static ExecutorService reader() {
        return Executors.newSingleThreadExecutor(DaemonThreads.named("issuer-keys"));
    }

    /** Whether any issuer is trusted. */
    boolean areConfigured() {
        return !issuers.isEmpty();
    }

    /** Whether {@code credential} is to be read as a token. */
    boolean isToken(String credential) {
        return areConfigured() && SHAPE.matcher(credential).matches();
    }

    /**
     * The sender of the token.
     *
     * @throws Refusal 401 if it is not a current token of a trusted issuer for this service, 503 if the issuer's keys
     *     are not available
     */
    Principal principalOf(String token) {
        Trusted trusted = trusted(token);
        try {
            return new TokenClaims(trusted.issuer(), trusted.decoder().decode(token)).principal();
        } catch (JwtValidationException invalid) {
            throw refusal(invalid);
        } catch (BadJwtException bad) {
            LOG.debug("A token was refused", bad);
            throw new Refusal(
                    RefusalCode.TOKEN_INVALID, "The token's signature is not one that its issuer's keys explain.");
        } catch (JwtException unchecked) {
            throw refusal(trusted, unchecked);
        }
    }

    /** The reason why the token could not be checked. */
    private static Refusal refusal(Trusted trusted, JwtException unchecked) {
        if (unchecked.getCause() instanceof RateLimitReachedException
                && trusted.keys().areKnown()) {
            return new Refusal(
                    RefusalCode.TOKEN_INVALID, "The token names a key that its issuer did not have a few seconds ago.");
        }
        return new Refusal(
                RefusalCode.SERVICE_UNAVAILABLE,
                "The issuer's keys cannot be read now, so the token cannot be checked. Try again.");
    }

    private Trusted trusted(String token) {
        String issuer;
        try {
            JWT parsed = JWTParser.parse(token);
            issuer = parsed.getJWTClaimsSet().getIssuer();
        } catch (ParseException malformed) {
            throw new Refusal(RefusalCode.TOKEN_INVALID, "The token is not a JSON Web Token in its compact form.");
        }
        Trusted trusted = issuer == null ? null : issuers.get(issuer);
        if (trusted == null) {
            String shown = issuer == null
                    ? "nobody"
                    : "'" + issuer.substring(0, Math.min(issuer.length(), LONGEST_SHOWN)) + "'";
            throw new Refusal(
                    RefusalCode.TOKEN_ISSUER_UNKNOWN,
                    "The token is issued by " + shown + ", which is none of this installation's issuers.");
        }
        return trusted;
    }

    private static Refusal refusal(JwtValidationException invalid) {
        OAuth2Error first = invalid.getErrors().iterator().next();
        RefusalCode code = RefusalCode.named(first.getErrorCode()).orElse(RefusalCode.TOKEN_INVALID);
        return new Refusal(code, Objects.requireNonNullElse(first.getDescription(), "The token breaks a rule."));
    }

    private static JwtDecoder decoder(OidcProperties.Issuer issuer, JWKSource<SecurityContext> keys) {
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSource(keys)
                // Asymmetric algorithms only: with a shared secret, everyone who can check a token could make one.
                .jwsAlgorithms(algorithms -> Collections.addAll(algorithms, SignatureAlgorithm.values()))
                .build();
        decoder.setJwtValidator(rules(issuer));
        return decoder;
    }

    private static OAuth2TokenValidator<Jwt> rules(OidcProperties.Issuer issuer) {
        JwtTimestampValidator times = new JwtTimestampValidator();
        times.setAllowEmptyExpiryClaim(false);
        Set<String> audiences = Set.copyOf(issuer.audiences());
        return new DelegatingOAuth2TokenValidator<>(
                rule(
                        RefusalCode.TOKEN_ISSUER_UNKNOWN,
                        new JwtIssuerValidator(issuer.uri()),
                        token -> "Another issuer."),
                rule(
                        RefusalCode.TOKEN_AUDIENCE_INVALID,
                        new JwtClaimValidator<List<String>>(
                                JwtClaimNames.AUD,
                                named -> named != null && named.stream().anyMatch(audiences::contains)),
                        token -> "The token is for " + token.getAudience()
                                + ", and not for this service, which is one of " + issuer.audiences() + "."),
                rule(
                        RefusalCode.TOKEN_EXPIRED,
                        times,
                        token -> "The token must have a time from which and to which it is used, and this one is from "
                                + token.getNotBefore() + " to " + token.getExpiresAt() + "."));
    }

    /** A validator that fails with one of our codes. */
    private static OAuth2TokenValidator<Jwt> rule(
            RefusalCode code, OAuth2TokenValidator<Jwt> rule, Function<Jwt, String> explanation) {
        return token -> rule.validate(token).hasErrors()
                ? OAuth2TokenValidatorResult.failure(new OAuth2Error(code.wireName(), explanation.apply(token), null))
                : OAuth2TokenValidatorResult.success();
    }

    @Override
    public void close() throws IOException {
        for (Trusted trusted : issuers.values()) {
            if (trusted.source() instanceof Closeable source) {
                source.close();
            }
        }
    }

    /** An issuer with its token decoder. */
    private record Trusted(
            OidcProperties.Issuer issuer, IssuerKeys keys, JWKSource<SecurityContext> source, JwtDecoder decoder) {}
}
