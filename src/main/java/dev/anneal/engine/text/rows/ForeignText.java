package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.fault.Excerpt;
import dev.anneal.engine.text.foreign.ForeignFormat;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Recognises text files without rows by their first lines. */
final class ForeignText {

    /** Number of lines inspected. */
    private static final int LINES = 5;

    /** A name of at most three words, perhaps quoted. */
    private static final Pattern COLUMN =
            Pattern.compile("(\"?)[\\p{L}_][\\p{L}\\p{N}_.-]*( [\\p{L}\\p{N}_.-]+){0,2}\\1");

    /** Usual names of the columns of questions and of answers. */
    private static final List<List<String>> QUESTION_AND_ANSWER = List.of(
            List.of("prompt", "completion"),
            List.of("prompt", "response"),
            List.of("question", "answer"),
            List.of("instruction", "output"),
            List.of("instruction", "response"),
            List.of("input", "output"),
            List.of("user", "assistant"));

    private ForeignText() {}

    /**
     * @param text beginning of a file
     * @param isWhole whether that is all of it
     */
    static Optional<ForeignFormat> of(String text, boolean isWhole) {
        String head = text.startsWith("\uFEFF") ? text.substring(1) : text;
        if (head.indexOf('\n') < 0 && head.strip().indexOf('\r') >= 0) {
            return Optional.of(new ForeignFormat(
                    "lines that end with a carriage return alone",
                    "end them with line feeds, as `tr '\\r' '\\n' < data.jsonl > fixed.jsonl` does"));
        }
        List<String> lines = head.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .limit(LINES)
                .toList();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        char first = lines.get(0).charAt(0);
        if (first == '{' || first == '[') {
            return lines.get(0).startsWith("{'") ? Optional.of(python()) : JsonDocument.recognise(head, isWhole);
        }
        if (lines.stream().anyMatch(line -> line.startsWith("{"))) {
            return Optional.empty();
        }
        return Optional.of(table(lines).orElseGet(() -> prose(first)));
    }

    private static ForeignFormat python() {
        return new ForeignFormat(
                "Python dictionaries",
                "write them as JSON with `python3 -c 'import ast, json, sys;"
                        + " [print(json.dumps(ast.literal_eval(line))) for line in sys.stdin]' < data.txt >"
                        + " data.jsonl`");
    }

    private static ForeignFormat prose(char first) {
        return new ForeignFormat(
                first == '<' ? "XML or HTML" : "text, and no JSON objects",
                "write each example as {\"messages\": [{\"role\": \"user\", \"content\": \"…\"}, {\"role\":"
                        + " \"assistant\", \"content\": \"…\"}]}");
    }

    private static Optional<ForeignFormat> table(List<String> lines) {
        for (String delimiter : List.of("\t", ",", ";")) {
            String[] names = lines.get(0).split(delimiter, -1);
            if (names.length > 1 && lines.size() > 1 && Arrays.stream(names).allMatch(ForeignText::isColumn)) {
                List<String> columns =
                        Arrays.stream(names).map(name -> name.replace("\"", "")).toList();
                if (new HashSet<>(columns).size() == names.length) {
                    return Optional.of(table(delimiter, columns));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isColumn(String name) {
        return name.length() <= 40 && COLUMN.matcher(name).matches();
    }

    private static ForeignFormat table(String delimiter, List<String> columns) {
        List<String> pair = QUESTION_AND_ANSWER.stream()
                .map(names -> columns.stream()
                        .filter(column -> names.contains(column.toLowerCase(Locale.ROOT)))
                        .sorted(Comparator.comparing(column -> names.indexOf(column.toLowerCase(Locale.ROOT))))
                        .toList())
                .filter(found -> found.size() == 2)
                .findFirst()
                .orElse(columns.subList(0, 2));
        boolean hasTabs = delimiter.equals("\t");
        String option = delimiter.equals(",") ? "" : ", delimiter=\"%s\"".formatted(hasTabs ? "\\t" : delimiter);
        return new ForeignFormat(
                "a table of %s-separated values with the columns %s"
                        .formatted(
                                hasTabs ? "tab" : delimiter.equals(",") ? "comma" : "semicolon",
                                Excerpt.shorten(String.join(", ", columns))),
                ("write its rows as messages with `python3 -c 'import csv, json; [print(json.dumps({\"messages\":"
                                + " [{\"role\": \"user\", \"content\": r[\"%s\"]}, {\"role\": \"assistant\","
                                + " \"content\": r[\"%s\"]}]})) for r in csv.DictReader(open(\"data.csv\","
                                + " encoding=\"utf-8-sig\", newline=\"\")%s)]' > data.jsonl`")
                        .formatted(pair.get(0), pair.get(1), option));
    }
}
