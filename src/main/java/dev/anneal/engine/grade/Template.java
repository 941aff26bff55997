package dev.anneal.engine.grade;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A text with variables like <code>{{item.answer}}</code>, filled from a row and its completion. Strings are inserted
 * unchanged, other values as JSON.
 */
final class Template {

    /**
     * Maximum length of a filled template, or of all templates of a prompt: a short text can use a long value thousands
     * of times.
     */
    static final int MOST_FILLED = 1 << 20;

    private static final String OPEN = "{{";
    private static final String CLOSE = "}}";

    private final String param;
    private final List<Part> parts;

    private Template(String param, List<Part> parts) {
        this.param = param;
        this.parts = List.copyOf(parts);
    }

    /** Text, or a variable to insert. */
    private record Part(String text, @Nullable Variable variable) {}

    /**
     * @param param the text's path in the request
     * @throws GraderException if a variable is not closed or unknown
     */
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
        return new Template(param, parts);
    }

    /** Row variables of a grader's templates. */
    static List<ItemVariable> itemVariables(String grader, List<Template> templates) {
        List<ItemVariable> variables = new ArrayList<>();
        for (Template template : templates) {
            for (Part part : template.parts) {
                if (part.variable != null && part.variable.isOfItem()) {
                    variables.add(part.variable.ofItem(grader, template.param));
                }
            }
        }
        return variables;
    }

    String fill(Sample sample) throws UnfillableTemplateException {
        StringBuilder filled = new StringBuilder();
        appendTo(filled, sample, MOST_FILLED);
        return filled.toString();
    }

    /**
     * @param most maximum length of {@code filled}
     */
    void appendTo(StringBuilder filled, Sample sample, int most) throws UnfillableTemplateException {
        for (Part part : parts) {
            String text = part.variable == null ? part.text : text(part.variable.of(sample));
            if (text.length() > most - filled.length()) {
                throw new UnfillableTemplateException(ErrorFlag.OTHER_ERROR, tooLong());
            }
            filled.append(text);
        }
    }

    private String tooLong() {
        return "'" + param + "', filled from this row and its completion, leads beyond " + MOST_FILLED
                + " characters, the most that is graded: name fewer variables or shorter ones";
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : JsonMapper.shared().writeValueAsString(value);
    }
}
