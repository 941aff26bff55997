package dev.anneal.engine.grade;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path into a row or a completion, such as {@code item.answers[0].text} or {@code sample.output_json["full name"]}.
 */
final class Variable {

    private static final Pattern NAMESPACE = Pattern.compile("(item|sample)(?=[.\\[])");

    /** {@code .key}, {@code ["key"]}, {@code ['key']} or {@code [0]}. */
    private static final Pattern STEP =
            Pattern.compile("\\.([\\p{L}\\p{N}_-]+)|\\[\"([^\"]*)\"]|\\['([^']*)']|\\[([0-9]{1,6})]");

    private static final String SAMPLE_VARIABLES = "sample." + String.join(", sample.", Sample.VARIABLES);

    private final String text;
    private final @Nullable String ofSample;
    private final List<Object> steps;

    /**
     * @param steps keys as strings, list indexes as whole numbers
     */
    private Variable(String text, @Nullable String ofSample, List<Object> steps) {
        this.text = text;
        this.ofSample = ofSample;
        this.steps = List.copyOf(steps);
    }

    static Variable parse(String text, String param) {
        Matcher namespace = NAMESPACE.matcher(text);
        if (!namespace.lookingAt()) {
            throw GraderException.invalid(
                    param,
                    "asks for {{" + text
                            + "}}, but variables begin with 'item.', the row, or 'sample.', the completion:"
                            + " write {{item.key}} or one of " + SAMPLE_VARIABLES);
        }
        List<Object> steps = steps(text, namespace.end(), param);
        if (namespace.group().equals("item")) {
            return new Variable(text, null, steps);
        }
        String variable = String.valueOf(steps.get(0));
        if (!Sample.VARIABLES.contains(variable)) {
            throw GraderException.invalid(
                    param, "asks for {{" + text + "}}, which no completion has; there are " + SAMPLE_VARIABLES);
        }
        if (variable.equals(Sample.OUTPUT_TEXT) && steps.size() > 1) {
            throw GraderException.invalid(
                    param,
                    "asks for {{" + text
                            + "}}, but sample.output_text is a string; use sample.output_json for parts of JSON");
        }
        return new Variable(text, variable, steps.subList(1, steps.size()));
    }

    private static List<Object> steps(String text, int from, String param) {
        List<Object> steps = new ArrayList<>();
        Matcher step = STEP.matcher(text);
        int at = from;
        while (at < text.length()) {
            step.region(at, text.length());
            if (!step.lookingAt()) {
                throw GraderException.invalid(
                        param,
                        "asks for {{" + text + "}}, which cannot be read from '" + text.substring(at)
                                + "' on; steps are .key, [\"any key\"] and [0]");
            }
            steps.add(step.group(4) != null ? Integer.valueOf(step.group(4)) : key(step));
            at = step.end();
        }
        return steps;
    }

    private static String key(Matcher step) {
        String plain = step.group(1);
        String quoted = step.group(2);
        return plain != null ? plain : quoted != null ? quoted : step.group(3);
    }

    /** Whether it reads the row rather than the completion. */
    boolean isOfItem() {
        return ofSample == null;
    }

    /** The public form of a row variable. */
    ItemVariable ofItem(String grader, String place) {
        return new ItemVariable(grader, place, text, steps);
    }

    @Nullable
    Object of(Sample sample) throws UnfillableTemplateException {
        if (ofSample == null) {
            return follow(sample.item());
        }
        if (!sample.has(ofSample)) {
            throw new UnfillableTemplateException(
                    ErrorFlag.SAMPLE_PARSE_ERROR,
                    "{{" + text + "}} needs a completion that is JSON, and this one is not");
        }
        return follow(sample.value(ofSample));
    }

    private @Nullable Object follow(@Nullable Object root) throws UnfillableTemplateException {
        Object value = root;
        for (Object step : steps) {
            if (step instanceof String key && value instanceof Map<?, ?> map && map.containsKey(key)) {
                value = map.get(key);
            } else if (step instanceof Integer index && value instanceof List<?> list && index < list.size()) {
                value = list.get(index);
            } else {
                throw missing(step, value);
            }
        }
        return value;
    }

    private UnfillableTemplateException missing(Object step, @Nullable Object value) {
        String what = step instanceof Integer ? "entry [" + step + "]" : "key '" + step + "'";
        String where = ofSample == null ? "the row" : "the completion";
        return new UnfillableTemplateException(
                ofSample == null ? ErrorFlag.INVALID_VARIABLE_ERROR : ErrorFlag.SAMPLE_PARSE_ERROR,
                "{{" + text + "}}: " + where + " has no " + what + " there, but " + shape(value));
    }

    private static String shape(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Map) {
            return "an object";
        }
        return value instanceof List ? "an array" : value instanceof String ? "a string" : "the value " + value;
    }
}
