package dev.anneal.engine.text.template.value;

import dev.anneal.engine.text.template.TemplateException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Python's {@code strftime} in its C locale, for {@code strftime_now}. */
final class TimeFormat {

    /** Each directive with the pattern of {@link DateTimeFormatter} that prints it. */
    private static final Map<Character, String> PATTERNS = Arrays.stream(
                    ("a:EEE A:EEEE b:MMM B:MMMM d:dd D:MM/dd/yy e:ppd f:SSSSSS F:yyyy-MM-dd H:HH h:MMM I:hh j:DDD m:MM"
                                    + " M:mm p:a R:HH:mm S:ss T:HH:mm:ss x:MM/dd/yy X:HH:mm:ss y:yy Y:yyyy %:'%'")
                            .split(" "))
            .collect(Collectors.toMap(each -> each.charAt(0), each -> each.substring(2)));

    /** GNU's {@code %-d} leaves out leading zeros. */
    private static final Map<Character, String> UNPADDED =
            Map.of('d', "d", 'H', "H", 'I', "h", 'j', "D", 'm', "M", 'M', "m", 'S', "s", 'e', "d");

    private TimeFormat() {}

    static String format(String format, Budget budget) {
        ZonedDateTime now = budget.now();
        BoundedText out = new BoundedText(budget);
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
            throw TemplateException.unsupported(
                    "the date format '" + format + "'", "directives are " + patterns.keySet());
        }
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }
}
