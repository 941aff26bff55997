package dev.anneal.engine.grade.metric;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The metrics' three ways to split texts into words. */
final class Words {

    private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
    private static final Pattern MARK_AFTER_OTHER = Pattern.compile("([^0-9])([.,])");
    private static final Pattern MARK_BEFORE_OTHER = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");
    private static final Pattern BLANKS = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern NOT_LATIN = Pattern.compile("[^a-z0-9]+");
    private static final Pattern NOT_WORD = Pattern.compile("\\W+", Pattern.UNICODE_CHARACTER_CLASS);

    private Words() {}

    /** Words of mteval-v13a, the tokenizer of WMT, with case. */
    static List<String> of13a(String text) {
        String line = text.stripTrailing()
                .replace("<skipped>", "")
                .replace("-\n", "")
                .replace("\n", " ")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
        line = SYMBOL.matcher(" " + line + " ").replaceAll(" $1 ");
        line = MARK_AFTER_OTHER.matcher(line).replaceAll("$1 $2 ");
        line = MARK_BEFORE_OTHER.matcher(line).replaceAll(" $1 $2");
        line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
        return split(BLANKS, line);
    }

    /** ROUGE's words: runs of the letters a to z and digits, in lower case. Other scripts have none. */
    static List<String> ofRouge(String text) {
        return split(NOT_LATIN, text.toLowerCase(Locale.ROOT));
    }

    /** Runs of letters, digits and '_' of any script, in lower case. */
    static List<String> ofAnyScript(String text) {
        return split(NOT_WORD, text.toLowerCase(Locale.ROOT));
    }

    private static List<String> split(Pattern between, String text) {
        return Arrays.stream(between.split(text))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
