package dev.anneal.service.access.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import dev.anneal.service.LocalServer;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** An OpenID Connect issuer on a port of its own: its configuration, its public keys, and tokens that it signs. */
final class TestIssuer {

    static final String AUDIENCE = "anneal";

    private final LocalServer server = new LocalServer(this::answer);
    private final AtomicInteger reads = new AtomicInteger();
    private volatile RSAKey key = newKey();
    private volatile CountDownLatch answering = new CountDownLatch(0);

    /** From now on requests are taken and not answered. */
    void hang() {
        answering = new CountDownLatch(1);
    }

    void goOn() {
        answering.countDown();
    }

    /** From now on nobody listens. */
    void end() {
        server.close();
    }

    /** How often the keys were asked for. */
    int reads() {
        return reads.get();
    }

    String uri() {
        return "http://localhost:" + server.port();
    }

    String keysUri() {
        return uri() + "/keys";
    }

    void rotate() {
        key = newKey();
    }

    /** Claims that make a good token for five minutes. */
    JWTClaimsSet.Builder claims() {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(uri())
                .subject("user-7")
                .audience(AUDIENCE)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)))
                .claim("tenant", "team-a")
                .claim("scope", "openid files:read");
    }

    String sign(JWTClaimsSet.Builder claims) {
        return sign(claims, key);
    }

    /** The claims with a signature of {@code signer}, under the id of this issuer's key. */
    String sign(JWTClaimsSet.Builder claims, RSAKey signer) {
        try {
            JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                    .type(JOSEObjectType.JWT)
                    .keyID(key.getKeyID())
                    .build();
            SignedJWT token = new SignedJWT(header, claims.build());
            token.sign(new RSASSASigner(signer));
            return token.serialize();
        } catch (JOSEException failure) {
            throw new IllegalStateException(failure);
        }
    }

    RSAKey key() {
        return key;
    }

    static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2048).keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String json;
        if (path.equals("/keys")) {
            reads.incrementAndGet();
            json = new JWKSet(key.toPublicJWK()).toString();
        } else if (path.equals("/.well-known/openid-configuration")) {
            json = "{\"issuer\": \"%s\", \"jwks_uri\": \"%s\", \"subject_types_supported\": [\"public\"]}"
                    .formatted(uri(), keysUri());
        } else {
            LocalServer.answer(exchange, 404);
            return;
        }
        try {
            answering.await();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
        LocalServer.answer(exchange, json);
    }
}
