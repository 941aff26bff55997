package dev.anneal.service.access.tenant;

import dev.anneal.protocol.WireName;

/**
 * Credential of a request.
 *
 * @param id its name in logs; never a secret or enough to guess one
 */
public record Credential(Source kind, String id) {

    /** The credential of every request to an installation without keys. */
    public static final Credential NONE = new Credential(Source.NONE, "none");

    /** Where a credential comes from. */
    public enum Source implements WireName {
        /** None required: the installation serves only this machine. */
        NONE,
        /** An entry of {@code anneal.api-keys} or {@code anneal.admin-keys}. */
        CONFIGURED_KEY,
        /** A project's key, created by an administrator. */
        API_KEY,
        /** An administrator's key, created by another one. */
        ADMIN_API_KEY,
        /** A key for calls between processes of the installation. */
        SERVICE_KEY,
        /** A token of an OpenID Connect issuer. */
        TOKEN;
    }
}
