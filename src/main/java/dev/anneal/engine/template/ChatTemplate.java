package dev.anneal.engine.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face chat template (Jinja), compiled once per model and rendered per conversation as transformers renders it. Immutable and safe for many threads.
 */
public final class ChatTemplate {

    private final String text;

    private ChatTemplate(String text) {
        this.text = text;
    }

    /**
     * Parses a template.
     *
     * @throws TemplateException if it is not one
     */
    public static ChatTemplate compile(String source) {
        if (source.contains("{{") || source.contains("{%") || source.contains("{#")) {
            throw new TemplateException(
                    TemplateException.Problem.SYNTAX, 1, "only plain text is understood so far, no expressions");
        }
        return new ChatTemplate(source);
    }

    /**
     * Renders a conversation. {@code messages} are maps with their keys in the row's order; {@code tools} and {@code documents} that are not given are
     * None, {@code add_generation_prompt} is false.
     *
     * @param variables maps, lists, strings, numbers, booleans and null only, nested as wished; not changed
     * @throws TemplateException if the template refuses the conversation or a limit is reached
     */
    public Rendering render(Map<String, ? extends @Nullable Object> variables) {
        return new Rendering(text, List.of());
    }

    /** Whether the template marks assistant text by {@code {% generation %}}; without it {@link Rendering#assistantSpans} is always empty. */
    public boolean marksAssistantText() {
        return false;
    }
}
