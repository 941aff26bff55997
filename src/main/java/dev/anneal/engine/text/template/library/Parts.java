package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Parts of a text that is being split. */
final class Parts {

    private final String text;
    private final Environment environment;
    private final List<Value> parts = new ArrayList<>();

    Parts(String text, Environment environment) {
        this.text = text;
        this.environment = environment;
    }

    void add(int start, int end) {
        environment.budget().growTo(parts.size() + 1);
        environment.budget().text(end - start);
        parts.add(new TextValue(text.substring(start, end)));
    }

    int count() {
        return parts.size();
    }

    List<Value> list() {
        return parts;
    }

    List<Value> reversed() {
        Collections.reverse(parts);
        return parts;
    }
}
