package dev.anneal.service.access.tenant;

/**
 * What an installation asks of its users.
 *
 * @param asksWho whether requests need a key or token; otherwise everybody is let in who reaches the service
 */
public record SignIn(boolean asksWho) {}
