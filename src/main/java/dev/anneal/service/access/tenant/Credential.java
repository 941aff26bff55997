package dev.anneal.service.access.tenant;

import dev.anneal.protocol.WireName;

/**
 * What a request was authenticated by.
 *
 * @param id names it in logs; never a secret nor enough to guess one
 */
public record Credential(Kind kind, String id) {

    /** The credential of every request to an installation without keys. */
    public static final Credential NONE = new Credential(Kind.NONE, "none");

    /** Where a credential comes from. */
    public enum Kind implements WireName {
        /** Nothing was asked for: the installation serves this machine alone. */
        NONE,
        /** An entry of {@code anneal.api-keys} or {@code anneal.admin-keys}. */
        CONFIGURED_KEY,
        /** A key of a project that an administrator made. */
        API_KEY,
        /** A key of an administrator that another one made. */
        ADMIN_API_KEY,
        /** A key that a process of the installation made to ask another one. */
        SERVICE_KEY,
        /** A token that an OpenID Connect issuer signed. */
        TOKEN;
    }
}
