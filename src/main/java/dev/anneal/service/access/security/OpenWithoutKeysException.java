package dev.anneal.service.access.security;

/** The service would be reachable from other machines without asking anybody for a key. */
final class OpenWithoutKeysException extends RuntimeException {

    private final String address;

    OpenWithoutKeysException(String address) {
        super(
                "server.address is " + address
                        + ", which other machines reach, and none of anneal.api-keys, anneal.admin-keys and anneal.oidc.issuers is set");
        this.address = address;
    }

    String address() {
        return address;
    }
}
