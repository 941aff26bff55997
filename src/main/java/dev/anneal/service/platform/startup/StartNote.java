package dev.anneal.service.platform.startup;

import java.util.function.UnaryOperator;

/**
 * A line of what the log says when the service has started, such as where the database is. Modules make beans of it, which are shown in
 * their order.
 *
 * @param text what the line says; the argument is the address of the HTTP API without a slash at its end
 */
public record StartNote(String name, UnaryOperator<String> text) {

    /** A line that does not depend on the API's address. */
    public static StartNote of(String name, String text) {
        return new StartNote(name, unused -> text);
    }
}
