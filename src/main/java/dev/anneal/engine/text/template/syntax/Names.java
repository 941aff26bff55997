package dev.anneal.engine.text.template.syntax;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Which names are read where: a macro gets {@code caller}, {@code varargs} and {@code kwargs} only if its body reads them. */
final class Names {

    private final Deque<Set<String>> open = new ArrayDeque<>();

    /** A body begins. */
    void open() {
        open.push(new HashSet<>());
    }

    /** A body ends; what it reads is read by the one around it as well. */
    Set<String> close() {
        Set<String> names = open.pop();
        names.forEach(this::read);
        return names;
    }

    void read(String name) {
        if (!open.isEmpty()) {
            open.getFirst().add(name);
        }
    }
}
