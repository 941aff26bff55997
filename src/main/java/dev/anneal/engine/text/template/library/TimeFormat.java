package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.BoundedText;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Python's {@code strftime} in its C locale, as {@code strftime_now} uses it. */
final class TimeFormat {

    private static final Map<Character, String> PATTERNS = Map.ofEntries(
            Map.entry('a', "EEE"),
            Map.entry('A', "EEEE"),
            Map.entry('b', "MMM"),
            Map.entry('B', "MMMM"),
            Map.entry('c', "EEE MMM ppd HH:mm:ss yyyy"),
            Map.entry('d', "dd"),
            Map.entry('D', "MM/dd/yy"),
            Map.entry('e', "ppd"),
            Map.entry('f', "SSSSSS"),
            Map.entry('F', "yyyy-MM-dd"),
            Map.entry('H', "HH"),
            Map.entry('h', "MMM"),
            Map.entry('I', "hh"),
            Map.entry('j', "DDD"),
            Map.entry('m', "MM"),
            Map.entry('M', "mm"),
            Map.entry('n', "'\n'"),
            Map.entry('p', "a"),
            Map.entry('R', "HH:mm"),
            Map.entry('S', "ss"),
            Map.entry('t', "'\t'"),
            Map.entry('T', "HH:mm:ss"),
            Map.entry('x', "MM/dd/yy"),
            Map.entry('X', "HH:mm:ss"),
            Map.entry('y', "yy"),
            Map.entry('Y', "yyyy"),
            Map.entry('%', "'%'"));

    /** GNU's {@code %-d} leaves out leading zeros. */
    private static final Map<Character, String> UNPADDED =
            Map.of('d', "d", 'H', "H", 'I', "h", 'j', "D", 'm', "M", 'M', "m", 'S', "s", 'e', "d");

    private TimeFormat() {}

    static String format(String format, Environment environment) {
        ZonedDateTime now = environment.now();
        BoundedText out = new BoundedText(environment.budget());
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%') {
                out.append(format.subSequence(i, i + 1));
                continue;
            }
            boolean isUnpadded = format.startsWith("-", i + 1);
            i += isUnpadded ? 2 : 1;
            out.append(now.format(formatter(format, i, isUnpadded ? UNPADDED : PATTERNS)));
        }
        return out.toString();
    }

    private static DateTimeFormatter formatter(String format, int position, Map<Character, String> patterns) {
        String pattern = position < format.length() ? patterns.get(format.charAt(position)) : null;
        if (pattern == null) {
            throw TemplateException.evaluation("the date format '" + format + "' is not supported");
        }
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }
}
