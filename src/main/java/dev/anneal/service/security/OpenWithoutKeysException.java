package dev.anneal.service.security;

/** The service would be reachable from other machines without asking anybody for a key. */
final class OpenWithoutKeysException extends RuntimeException {

    private final String address;

    OpenWithoutKeysException(String address) {
        super("server.address is " + address + ", which other machines reach, and anneal.api-keys is empty");
        this.address = address;
    }

    String address() {
        return address;
    }
}
