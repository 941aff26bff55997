package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.library.Environment;
import dev.anneal.engine.text.template.program.Program;
import dev.anneal.engine.text.template.program.TemplateParser;
import dev.anneal.engine.text.template.value.Budget;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face chat template (Jinja), compiled once per model and rendered per conversation as transformers renders it. Immutable and safe for many
 * threads.
 *
 * <p>Templates come with models from anywhere. They see values and the functions of {@code library}, nothing of the host, and each rendering has a budget
 * of steps, memory, recursion and output ({@link Budget}). Known differences from Jinja: nothing is escaped, so {@code safe} changes nothing; values
 * that Python prints with their address, such as generators and functions, cannot be printed; {@code str.format} takes simple fields only.
 */
public final class ChatTemplate {

    /** Characters of a template's source; the largest ones in use have some ten thousand. */
    private static final int MAX_SOURCE = 1 << 18;

    private final Program program;
    private final ZonedDateTime now;
    private final LongSupplier nanoTime;

    private ChatTemplate(Program program, ZonedDateTime now, LongSupplier nanoTime) {
        this.program = program;
        this.now = now;
        this.nanoTime = nanoTime;
    }

    /**
     * Parses a template.
     *
     * @param now what {@code strftime_now} shows, in UTC
     * @throws TemplateException if it is not one
     */
    public static ChatTemplate compile(String source, Instant now) {
        return compile(source, now, System::nanoTime);
    }

    /** @param nanoTime by which a rendering that has come to a stand is known */
    static ChatTemplate compile(String source, Instant now, LongSupplier nanoTime) {
        if (source.length() > MAX_SOURCE) {
            throw TemplateException.syntax(1, "a template of more than " + MAX_SOURCE + " characters");
        }
        return new ChatTemplate(TemplateParser.parse(source), now.atZone(ZoneOffset.UTC), nanoTime);
    }

    /**
     * Renders a conversation. {@code messages} are maps with their keys in the row's order; {@code tools} and {@code documents} that are not given are
     * None, {@code add_generation_prompt} is false.
     *
     * @param variables maps, lists, strings, numbers, booleans and null only, nested as wished; not changed
     * @throws TemplateException if the template refuses the conversation or a limit is reached, on every machine alike
     * @throws StalledRenderingException if the machine does not get on with it, which says nothing about the conversation
     */
    public Rendering render(Map<String, ? extends @Nullable Object> variables) {
        Environment environment = new Environment(new Budget(nanoTime), now);
        return program.run(() -> Conversation.variables(variables), environment);
    }

    /** Whether the template marks assistant text by {@code {% generation %}}; without it {@link Rendering#assistantSpans} is always empty. */
    public boolean marksAssistantText() {
        return program.marksAssistantText();
    }
}
