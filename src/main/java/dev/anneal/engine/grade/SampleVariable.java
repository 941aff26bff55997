package dev.anneal.engine.grade;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What templates may ask of a completion; the lower-case names stand behind {@code sample.}. */
enum SampleVariable {
    OUTPUT_TEXT,
    /** The completion parsed, if it is JSON. */
    OUTPUT_JSON,
    /** Tool calls; empty without any. */
    OUTPUT_TOOLS,
    /** A list of one choice, as OpenAI's chat completions have it. */
    CHOICES;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<SampleVariable> named(String name) {
        return Arrays.stream(values())
                .filter(variable -> variable.wireName().equals(name))
                .findFirst();
    }

    static String names() {
        return Arrays.stream(values())
                .map(variable -> "sample." + variable.wireName())
                .collect(Collectors.joining(", "));
    }
}
