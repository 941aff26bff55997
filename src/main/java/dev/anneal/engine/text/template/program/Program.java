package dev.anneal.engine.text.template.program;

import dev.anneal.engine.text.template.Rendering;
import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.library.Environment;
import dev.anneal.engine.text.template.value.Value;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A compiled template. Immutable. */
public final class Program {

    private final Statement body;
    private final boolean marksAssistantText;

    Program(Statement body, boolean marksAssistantText) {
        this.body = body;
        this.marksAssistantText = marksAssistantText;
    }

    /** Whether there are generation blocks, and the place of all their texts in the output is known. */
    public boolean marksAssistantText() {
        return marksAssistantText;
    }

    /**
     * Runs it.
     *
     * @param variables asked for once; where they cannot be had the failure is one of line 1
     */
    public Rendering run(Supplier<Map<String, Value>> variables, Environment environment) {
        Context context = new Context(environment);
        try {
            variables.get().forEach(context::set);
            context.execute(body);
        } catch (TemplateException failure) {
            throw failure.at(context.line());
        } catch (StackOverflowError tooDeep) {
            // Only a caller that leaves less than half a megabyte of stack gets here before the budget does.
            throw TemplateException.budget("recursion beyond the stack").at(context.line());
        }
        return new Rendering(context.text(), marksAssistantText ? context.spans() : List.of());
    }
}
