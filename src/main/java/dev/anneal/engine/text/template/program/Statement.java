package dev.anneal.engine.text.template.program;

import java.util.List;

/** Something in a template that is executed. */
public sealed interface Statement permits Loop, Statement.Simple {

    /** Line where it begins. */
    int line();

    /** Executes it; called by {@link Context#execute} only. */
    Flow execute(Context context);

    /** Statements other than loops. */
    sealed interface Simple extends Statement {}

    /** Text that stands in the template as it is to be printed. */
    record Text(int line, String text) implements Simple {

        @Override
        public Flow execute(Context context) {
            context.print(text);
            return Flow.NEXT;
        }
    }

    /** {@code {{ expression }}}. */
    record Output(int line, Expression expression) implements Simple {

        @Override
        public Flow execute(Context context) {
            context.print(context.evaluate(expression));
            return Flow.NEXT;
        }
    }

    /** Statements one after the other. */
    record Block(int line, List<Statement> statements) implements Simple {

        @Override
        public Flow execute(Context context) {
            for (Statement statement : statements) {
                Flow flow = context.execute(statement);
                if (flow != Flow.NEXT) {
                    return flow;
                }
            }
            return Flow.NEXT;
        }
    }

    /** {@code {% if %}} with its {@code elif} and {@code else} branches. */
    record If(int line, List<Branch> branches, Statement otherwise) implements Simple {

        /** A condition and what is executed if it is the first that holds. */
        public record Branch(Expression condition, Statement body) {}

        @Override
        public Flow execute(Context context) {
            for (Branch branch : branches) {
                if (context.evaluate(branch.condition).isTrue()) {
                    return context.execute(branch.body);
                }
            }
            return context.execute(otherwise);
        }
    }

    /** {@code {% set %}}, also of a block. */
    record Assignment(int line, Target target, Expression value) implements Simple {

        @Override
        public Flow execute(Context context) {
            target.assign(context.evaluate(value), context);
            return Flow.NEXT;
        }
    }

    /** {@code {% macro %}}. */
    record Definition(int line, Macro macro) implements Simple {

        @Override
        public Flow execute(Context context) {
            context.set(macro.name(), macro.function(context));
            return Flow.NEXT;
        }
    }

    /** {@code {% generation %}}: its text is the assistant's, unless it is captured, so that its place in the output is unknown. */
    record Generation(int line, boolean isMarked, Statement body) implements Simple {

        @Override
        public Flow execute(Context context) {
            return isMarked
                    ? context.mark(body)
                    : context.within(new Scope(context.scope()), () -> context.execute(body));
        }
    }

    /** {@code {% break %}} or {@code {% continue %}}. */
    record LoopControl(int line, Flow flow) implements Simple {

        @Override
        public Flow execute(Context context) {
            return flow;
        }
    }
}
