package dev.anneal.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.engine.text.template.ChatTemplate;
import dev.anneal.engine.text.template.Rendering;
import dev.anneal.engine.text.template.TemplateException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/** A template is refused, refuses the conversation, or renders it the same way twice with its marks within the text. */
final class ChatTemplateBody implements FuzzBody {

    private static final Map<String, Object> TOOL = Map.of(
            "type",
            "function",
            "function",
            Map.of("name", "add", "parameters", Map.of("type", "object", "properties", Map.of("a", 1.5))));

    private static final Map<String, @Nullable Object> VARIABLES = variables();

    private static Map<String, @Nullable Object> variables() {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        variables.put(
                "messages",
                List.of(
                        Map.of("role", "system", "content", "be brief"),
                        Map.of("role", "user", "content", " Straße \ud83d\ude00 <b>&\"'\n"),
                        Map.of("role", "assistant", "tool_calls", List.of(call())),
                        Map.of("role", "tool", "name", "add", "content", "3"),
                        Map.of("role", "assistant", "content", "<think>so</think>three")));
        variables.put("tools", List.of(TOOL));
        variables.put("add_generation_prompt", true);
        variables.put("bos_token", "<s>");
        variables.put("eos_token", "</s>");
        return variables;
    }

    private static Map<String, Object> call() {
        return Map.of("type", "function", "function", Map.of("name", "add", "arguments", Map.of("a", 1, "b", "2")));
    }

    @Override
    public void read(byte[] input) {
        ChatTemplate template;
        try {
            template = ChatTemplate.compile(new String(input, UTF_8), Instant.EPOCH);
        } catch (TemplateException refused) {
            Assertions.assertThat(refused.line()).isPositive();
            return;
        }
        Object first = rendered(template);
        Assertions.assertThat(rendered(template)).as("the second rendering").isEqualTo(first);
    }

    /** The rendering, or the message of its refusal. */
    private static Object rendered(ChatTemplate template) {
        try {
            Rendering rendering = template.render(VARIABLES);
            for (Rendering.Span span : rendering.assistantSpans()) {
                Assertions.assertThat(span.start()).isBetween(0, span.end());
                Assertions.assertThat(span.end())
                        .isLessThanOrEqualTo(rendering.text().length());
            }
            return rendering;
        } catch (TemplateException refused) {
            Assertions.assertThat(refused.line()).isPositive();
            return String.valueOf(refused.getMessage());
        }
    }
}
