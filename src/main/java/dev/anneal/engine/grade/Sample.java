package dev.anneal.engine.grade;

import dev.anneal.protocol.GradingQuestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A completion and its row. Thread-safe. */
public final class Sample {

    static final String OUTPUT_TEXT = "output_text";

    private static final String OUTPUT_JSON = "output_json";
    private static final String OUTPUT_TOOLS = "output_tools";

    /**
     * Variables of a completion after {@code sample.}; {@code choices} is a list with one element, as in OpenAI's chat
     * completions.
     */
    static final List<String> VARIABLES = List.of(OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_TOOLS, "choices");

    private static final int MAX_DEPTH = 64;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Map<String, @Nullable Object> item;
    private final String outputText;
    private final List<Map<String, @Nullable Object>> toolCalls;
    private volatile @Nullable Parsed parsed;

    /** The completion parsed as JSON; {@code isJson} distinguishes null from text that is not JSON. */
    private record Parsed(boolean isJson, @Nullable Object value) {}

    /**
     * @param item the row as parsed from JSON: maps, lists, strings, numbers, booleans and null. Not copied: it must
     *     not change
     */
    public Sample(Map<String, @Nullable Object> item, String outputText) {
        this(item, outputText, List.of());
    }

    /** @param toolCalls as OpenAI's {@code message.tool_calls} */
    public Sample(
            Map<String, @Nullable Object> item, String outputText, List<Map<String, @Nullable Object>> toolCalls) {
        this.item = item;
        this.outputText = outputText;
        this.toolCalls = List.copyOf(toolCalls);
    }

    public Map<String, @Nullable Object> item() {
        return item;
    }

    public String outputText() {
        return outputText;
    }

    /** The completion for a question to an endpoint. */
    GradingQuestion.Completion completion() {
        return new GradingQuestion.Completion(item, outputText, toolCalls);
    }

    /** The namespace {@code sample} for endpoints; {@code output_json} only if the completion is JSON. */
    public Map<String, @Nullable Object> namespace() {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        for (String variable : VARIABLES) {
            if (has(variable)) {
                variables.put(variable, value(variable));
            }
        }
        return variables;
    }

    boolean has(String variable) {
        return !variable.equals(OUTPUT_JSON) || parsed().isJson();
    }

    /** @param variable one of {@link #VARIABLES} */
    @Nullable
    Object value(String variable) {
        return switch (variable) {
            case OUTPUT_TEXT -> outputText;
            case OUTPUT_JSON -> parsed().value();
            case OUTPUT_TOOLS -> toolCalls;
            default -> List.of(choice());
        };
    }

    private Map<String, @Nullable Object> choice() {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", "assistant");
        message.put("content", outputText);
        if (!toolCalls.isEmpty()) {
            message.put("tool_calls", toolCalls);
        }
        return Map.of("index", 0, "message", message);
    }

    private Parsed parsed() {
        Parsed known = parsed;
        if (known == null) {
            known = parse();
            parsed = known;
        }
        return known;
    }

    private Parsed parse() {
        try {
            return new Parsed(true, JSON.readValue(outputText, Object.class));
        } catch (JacksonException e) {
            return new Parsed(false, null);
        }
    }
}
