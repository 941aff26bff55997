package dev.anneal.service.access.security;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.anneal.service.platform.outbound.OutboundClient;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.outbound.OutboundRequest;
import dev.anneal.service.platform.outbound.OutboundResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The current public keys of an issuer. Its configuration, which contains their address, is read once. */
final class IssuerKeys implements JWKSetSource<SecurityContext> {

    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

    private static final OutboundLimits LIMITS = OutboundLimits.within(Duration.ofSeconds(3), 1);
    private static final int REDIRECTS = 2;
    private static final int MAX_BYTES = 1 << 20;

    private final OutboundHttp http;
    private final URI issuer;

    /** By address: the issuer's configuration and its keys may be at different hosts. */
    private final Map<URI, OutboundClient> clients = new ConcurrentHashMap<>();

    private volatile @Nullable URI location;
    private volatile boolean areKnown;

    /**
     * @param location address of the keys; null if the issuer's configuration names it
     */
    IssuerKeys(OutboundHttp http, String issuer, @Nullable String location) {
        this.http = http;
        this.issuer = URI.create(issuer);
        this.location = location == null ? null : URI.create(location);
    }

    /** Whether any keys have been read. */
    boolean areKnown() {
        return areKnown;
    }

    @Override
    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long now, SecurityContext context)
            throws JWKSetRetrievalException {
        try {
            JWKSet keys = JWKSet.parse(read(location()));
            areKnown = true;
            return keys;
        } catch (IOException | ParseException | JacksonException | IllegalArgumentException failure) {
            LOG.warn(
                    "The keys of issuer {} cannot be read, which is tried again when one of its tokens comes: {}",
                    issuer,
                    failure.toString());
            throw new JWKSetRetrievalException("the keys of " + issuer + " cannot be read", failure);
        }
    }

    private URI location() throws IOException {
        URI known = location;
        if (known != null) {
            return known;
        }
        URI configuration = URI.create(issuer.toString().replaceFirst("/$", "") + "/.well-known/openid-configuration");
        JsonNode read = JsonMapper.shared().readTree(read(configuration));
        if (!read.path("issuer").asString("").equals(issuer.toString())) {
            throw new IOException(configuration + " is of another issuer, for its 'issuer' is " + read.path("issuer"));
        }
        URI named = URI.create(read.path("jwks_uri").asString(""));
        location = named;
        return named;
    }

    private String read(URI uri) throws IOException {
        return clients.computeIfAbsent(uri, base -> http.toConfigured(base, LIMITS, REDIRECTS))
                .send(
                        // Too rare for a connection that is kept: the issuer would have closed it.
                        OutboundRequest.get(uri, Map.of("Accept", "application/json", "Connection", "close")),
                        answer -> text(uri, answer));
    }

    private static String text(URI uri, OutboundResponse answer) throws IOException {
        if (answer.status() != 200) {
            throw new IOException(uri + " answered with status " + answer.status());
        }
        byte[] body = answer.body(MAX_BYTES);
        if (body.length > MAX_BYTES) {
            throw new IOException(uri + " answered with more than " + MAX_BYTES + " bytes");
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    /** No resources are held between reads. */
    @Override
    public void close() {}
}
