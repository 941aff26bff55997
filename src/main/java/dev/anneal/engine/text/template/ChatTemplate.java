package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.value.Budget;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face chat template (Jinja), compiled once per model and rendered per conversation like in transformers.
 * Immutable.
 *
 * <p>Templates are untrusted. They can access only values and the functions of {@code value}, nothing of the host, and
 * each rendering has a budget of steps, memory, recursion and output ({@link Budget}). Jinja features that chat
 * templates do not use are refused by name. One difference from Jinja is known: nothing is escaped, so {@code safe} has
 * no effect.
 */
public final class ChatTemplate {

    /** Maximum number of characters of a template; the largest ones in use have some ten thousand. */
    private static final int MAX_SOURCE = 1 << 18;

    private final Statement body;
    private final boolean marksAssistantText;
    private final Supplier<Budget> budget;

    private ChatTemplate(TemplateParser parser, Supplier<Budget> budget) {
        this.body = parser.parse();
        this.marksAssistantText = parser.marksAssistantText();
        this.budget = budget;
    }

    /**
     * Parses a template.
     *
     * @param now time of {@code strftime_now}, in UTC
     * @throws TemplateException if it is not a valid template
     */
    public static ChatTemplate compile(String source, Instant now) {
        return compile(source, now, System::nanoTime);
    }

    /**
     * @param nanoTime clock that detects stalled renderings
     */
    static ChatTemplate compile(String source, Instant now, LongSupplier nanoTime) {
        if (source.length() > MAX_SOURCE) {
            throw TemplateException.syntax(1, "a template of more than " + MAX_SOURCE + " characters");
        }
        return new ChatTemplate(new TemplateParser(source), () -> new Budget(now.atZone(ZoneOffset.UTC), nanoTime));
    }

    /**
     * Renders a conversation. {@code messages} are maps with their keys in the row's order; {@code tools} and
     * {@code documents} default to None, {@code add_generation_prompt} to false.
     *
     * @param variables nested maps, lists, strings, numbers, booleans and nulls; not changed
     * @throws TemplateException if the template refuses the conversation or a limit is reached, independent of the
     *     machine
     * @throws StalledRenderingException if the machine takes far too long, independent of the conversation
     */
    public Rendering render(Map<String, ? extends @Nullable Object> variables) {
        Context context = new Context(budget.get());
        try {
            Variables.of(variables).forEach(context::set);
            context.execute(body);
        } catch (TemplateException failure) {
            throw failure.at(context.line());
        } catch (StackOverflowError tooDeep) {
            // Reached before the budget's limit only if the caller leaves less than half a megabyte of stack.
            throw TemplateException.budget("recursion beyond the stack").at(context.line());
        }
        return context.rendering(marksAssistantText);
    }

    /**
     * Whether the template marks assistant text by {@code {% generation %}}; otherwise {@link Rendering#assistantSpans}
     * is always empty.
     */
    public boolean marksAssistantText() {
        return marksAssistantText;
    }
}
