package dev.anneal.engine.grade;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A text with places like <code>{{item.answer}}</code> that are filled from a row and its completion. Strings are put in as they are, everything else as JSON. */
final class Template {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";

    private final List<Part> parts;

    private Template(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Text to keep, or a variable to put in. */
    private record Part(String text, @Nullable Variable variable) {}

    /** @throws GraderException if a place is not closed or names what does not exist */
    static Template parse(String text, String param) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
            int close = text.indexOf(CLOSE, open);
            if (close < 0) {
                throw GraderException.invalid(
                        param,
                        "has '{{' at character " + (open + 1)
                                + " without '}}' behind it. Close the variable, as in {{item.answer}}");
            }
            parts.add(new Part(text.substring(from, open), null));
            String inside = text.substring(open + OPEN.length(), close);
            parts.add(new Part("", Variable.parse(inside.strip(), param)));
            from = close + CLOSE.length();
        }
        parts.add(new Part(text.substring(from), null));
        return new Template(parts);
    }

    String fill(Sample sample) throws UnfilledException {
        StringBuilder filled = new StringBuilder();
        for (Part part : parts) {
            filled.append(part.variable == null ? part.text : text(part.variable.of(sample)));
        }
        return filled.toString();
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : JSON.writeValueAsString(value);
    }
}
