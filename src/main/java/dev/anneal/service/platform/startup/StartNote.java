package dev.anneal.service.platform.startup;

import java.util.function.UnaryOperator;

/**
 * A line of the log entry after the start, such as the location of the database. Declared as beans, which are logged in
 * their order.
 *
 * @param text makes the line's text from the address of the HTTP API, which has no slash at its end
 */
public record StartNote(String name, UnaryOperator<String> text) {

    /** A line that does not depend on the API's address. */
    public static StartNote of(String name, String text) {
        return new StartNote(name, unused -> text);
    }
}
