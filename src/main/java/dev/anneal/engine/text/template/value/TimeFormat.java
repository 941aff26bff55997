package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Python's {@code strftime} in its C locale, for {@code strftime_now}. */
final class TimeFormat {

    private static final Pattern DIRECTIVE = Pattern.compile("%(-?.?)", Pattern.DOTALL);

    /**
     * Each directive with the pattern of {@link DateTimeFormatter} that prints it. GNU's {@code %-d} leaves out leading
     * zeros.
     */
    private static final Map<String, String> PATTERNS = Arrays.stream(
                    ("a:EEE A:EEEE b:MMM B:MMMM d:dd D:MM/dd/yy e:ppd f:SSSSSS F:yyyy-MM-dd H:HH h:MMM I:hh j:DDD m:MM"
                                    + " M:mm p:a R:HH:mm S:ss T:HH:mm:ss x:MM/dd/yy X:HH:mm:ss y:yy Y:yyyy %:'%'"
                                    + " -d:d -e:d -H:H -I:h -j:D -m:M -M:m -S:s")
                            .split(" "))
            .map(each -> each.split(":", 2))
            .collect(Collectors.toMap(each -> each[0], each -> each[1]));

    private TimeFormat() {}

    /** The time of the rendering in this format. */
    static String format(String format, Budget budget) {
        return BoundedText.replaced(
                format, DIRECTIVE, budget, directive -> budget.now().format(formatter(directive.group(1), format)));
    }

    private static DateTimeFormatter formatter(String directive, String format) {
        String pattern = PATTERNS.get(directive);
        if (pattern == null) {
            throw TemplateException.unsupported(
                    "the date format '" + format + "'", "directives are " + PATTERNS.keySet());
        }
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }
}
