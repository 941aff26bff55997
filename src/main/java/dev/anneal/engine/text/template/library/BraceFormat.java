package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.PercentFormat;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code str.format} with the fields {@code {}}, {@code {0}} and {@code {name}} and the specifications {@code d}, {@code s} and {@code .Nf}.
 * Attributes and elements of a field are refused: in Python they are a way to the host.
 */
final class BraceFormat {

    private final String format;
    private final List<Value> positional;
    private final Map<String, Value> named;
    private final Environment environment;
    private final BoundedText out;
    private int nextPosition;

    private BraceFormat(String format, List<Value> positional, Map<String, Value> named, Environment environment) {
        this.format = format;
        this.positional = positional;
        this.named = named;
        this.environment = environment;
        this.out = new BoundedText(environment.budget());
    }

    static Value format(String format, List<Value> positional, Map<String, Value> named, Environment environment) {
        return new TextValue(new BraceFormat(format, positional, named, environment).run());
    }

    private String run() {
        int i = 0;
        while (i < format.length()) {
            char unit = format.charAt(i);
            boolean isBrace = unit == '{' || unit == '}';
            if (isBrace && i + 1 < format.length() && format.charAt(i + 1) == unit) {
                out.append(String.valueOf(unit));
                i += 2;
            } else if (isBrace) {
                i = field(i);
            } else {
                int end = nextBrace(i);
                out.append(format.subSequence(i, end));
                i = end;
            }
        }
        return out.toString();
    }

    private int nextBrace(int from) {
        int at = from;
        while (at < format.length() && format.charAt(at) != '{' && format.charAt(at) != '}') {
            at++;
        }
        return at;
    }

    private int field(int open) {
        int close = format.indexOf('}', open);
        if (format.charAt(open) == '}' || close < 0) {
            throw TemplateException.evaluation("a single brace in the format string");
        }
        String field = format.substring(open + 1, close);
        int colon = field.indexOf(':');
        Value value = value(colon < 0 ? field : field.substring(0, colon));
        out.append(formatted(value, colon < 0 ? "" : field.substring(colon + 1)));
        return close + 1;
    }

    private Value value(String name) {
        @Nullable Value value = named.get(name);
        if (value == null && name.chars().allMatch(Character::isDigit) && name.length() < 9) {
            int position = name.isEmpty() ? nextPosition++ : Integer.parseInt(name);
            value = position < positional.size() ? positional.get(position) : null;
        }
        if (value == null) {
            throw TemplateException.evaluation("the format names '" + name + "', which is not given");
        }
        return value;
    }

    private String formatted(Value value, String specification) {
        if (specification.isEmpty()) {
            return value.text(environment.budget());
        }
        if (!specification.matches("[ds]|\\.\\d{1,3}f")) {
            throw TemplateException.evaluation("the format specification '" + specification + "' is not supported");
        }
        return PercentFormat.format("%" + specification, value, environment.budget());
    }
}
