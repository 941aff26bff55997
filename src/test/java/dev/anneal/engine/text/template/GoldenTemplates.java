package dev.anneal.engine.text.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.ObjectMapper;

/** The fixtures under {@code golden/templates}. */
final class GoldenTemplates {

    static final List<String> NAMES = List.of(
            "alternating-inst",
            "chatml-generation",
            "filters-and-blocks",
            "header-dated",
            "macros-and-documents",
            "python-values",
            "reasoning",
            "tools-json");

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * One rendering.
     *
     * @param expected fields of the fixture: {@code expected} and {@code assistant_spans_utf16}, or {@code error}
     */
    record Case(String template, String source, String now, Map<String, Object> expected) {

        Map<String, Object> variables() {
            Map<String, Object> variables = new HashMap<>(asMap(field(expected, "variables")));
            for (String name : List.of("messages", "tools", "documents", "add_generation_prompt")) {
                variables.put(name, expected.get(name));
            }
            return variables;
        }

        @Override
        public String toString() {
            return template + ": " + expected.get("name");
        }
    }

    private GoldenTemplates() {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String name : NAMES) {
            Map<String, Object> file = json(name + ".json");
            for (Object each : (List<?>) field(file, "cases")) {
                cases.add(new Case(name, text(name + ".jinja"), (String) field(file, "now"), asMap(each)));
            }
        }
        return cases;
    }

    static Object field(Map<String, Object> object, String name) {
        return Objects.requireNonNull(object.get(name), name);
    }

    static Map<String, Object> json(String file) {
        return asMap(JSON.readValue(text(file), Map.class));
    }

    static String text(String file) {
        try (InputStream in = GoldenTemplates.class.getResourceAsStream("/golden/templates/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked") // JSON objects have texts as keys.
    static Map<String, Object> asMap(Object map) {
        return (Map<String, Object>) map;
    }
}
