package dev.anneal.service.access.tenant;

import java.time.Instant;

/**
 * The object {@code link}: an address that serves one download to whoever has it.
 *
 * @param url path and query, with the secret
 */
public record DownloadLink(String object, String url, Instant expiresAt) {

    DownloadLink(String url, Instant expiresAt) {
        this("link", url, expiresAt);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "DownloadLink[until " + expiresAt + "]";
    }
}
