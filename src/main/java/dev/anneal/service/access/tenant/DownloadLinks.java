package dev.anneal.service.access.tenant;

import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.database.AuthenticationDatabase;
import dev.anneal.service.platform.database.SystemDatabase;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Links for downloads by a browser, which sends no key when it follows a link, and would hold the whole content in
 * memory if a page fetched it with one. A link stands for the credential that made it, on one path, until it expires.
 * Only its hash is stored.
 */
@Component
public final class DownloadLinks {

    /** The query parameter with the secret. */
    public static final String PARAMETER = "link";

    /** Time in which a download must begin; one that has begun goes on. */
    static final Duration LIFETIME = Duration.ofMinutes(5);

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final AuthenticationDatabase authentication;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    DownloadLinks(JdbcClient jdbc, SystemDatabase database, AuthenticationDatabase authentication, Clock clock) {
        this.jdbc = jdbc;
        this.database = database;
        this.authentication = authentication;
        this.clock = clock;
    }

    /**
     * A new link.
     *
     * @param path path that the link serves, which {@code owner} may read
     * @param scope scope that the path requires
     */
    public DownloadLink create(Principal owner, String path, Scope scope) {
        String secret = KeyText.random(KeyText.LINK, random);
        Instant now = clock.instant();
        Instant expiresAt = now.plus(LIFETIME);
        database.run(() -> {
            removeExpired(now);
            jdbc.sql("""
                            INSERT INTO download_link (hash, tenant_id, path, scope, credential_kind, credential_id,
                                                       expires_at)
                            VALUES (?, ?, ?, ?, ?, ?, ?)
                            """)
                    .params(
                            ApiKey.hashOf(secret),
                            owner.tenant().id(),
                            path,
                            scope.wireName(),
                            owner.credential().kind().wireName(),
                            owner.credential().id(),
                            Timestamp.from(expiresAt))
                    .update();
        });
        return new DownloadLink(path + "?" + PARAMETER + "=" + secret, expiresAt);
    }

    private void removeExpired(Instant now) {
        jdbc.sql("""
                        DELETE FROM download_link
                        WHERE hash IN (SELECT hash FROM download_link WHERE expires_at <= ? FOR UPDATE SKIP LOCKED)
                        """).param(Timestamp.from(now)).update();
    }

    /** Whether {@code secret} has the form of one, so that looking it up is worth a query. */
    public boolean hasForm(String secret) {
        return secret.startsWith(KeyText.LINK) && KeyText.isWhole(secret);
    }

    /**
     * Whom a link stands for; empty if it is unknown, expired or for another path, or if its maker's key has expired or
     * was deleted.
     *
     * @param path path of the request, as sent
     */
    public Optional<Principal> principalOf(String secret, String path) {
        Timestamp now = Timestamp.from(clock.instant());
        return authentication.call(() -> jdbc.sql("""
                        SELECT link.tenant_id, link.scope, link.credential_kind, link.credential_id
                        FROM download_link link
                        LEFT JOIN api_key ON api_key.public_id = link.credential_id
                        WHERE link.hash = :hash AND link.path = :path AND link.expires_at > :now
                            AND api_key.revoked_at IS NULL AND (api_key.expires_at IS NULL OR api_key.expires_at > :now)
                        """)
                .param("hash", ApiKey.hashOf(secret))
                .param("path", path)
                .param("now", now)
                .query((row, number) -> principal(row))
                .optional());
    }

    private static Principal principal(ResultSet row) throws SQLException {
        Scope scope = Scope.named(row.getString("scope")).orElseThrow();
        Credential.Source kind = WireName.find(Credential.Source.class, row.getString("credential_kind"))
                .orElseThrow();
        return new Principal(
                new Tenant(row.getString("tenant_id")),
                Set.of(scope),
                new Credential(kind, row.getString("credential_id")));
    }
}
