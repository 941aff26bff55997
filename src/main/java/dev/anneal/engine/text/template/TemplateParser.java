package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Statement.Flow;
import dev.anneal.engine.text.template.value.Namespace;
import dev.anneal.engine.text.template.value.Python;
import dev.anneal.engine.text.template.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Parses the statements of a template. */
final class TemplateParser extends ExpressionParser {

    private int loops;
    private int captures;
    private boolean hasGeneration;
    private boolean hasCapturedGeneration;

    TemplateParser(String source) {
        super(source);
    }

    /** The whole template. */
    Statement parse() {
        return statements(Set.of());
    }

    /** Whether there are generation blocks whose texts all have known positions in the output. */
    boolean marksAssistantText() {
        return hasGeneration && !hasCapturedGeneration;
    }

    /** The end of a tag, and statements up to the tag that ends its block, of which the name is the current token. */
    private Statement block(String... ends) {
        end(BLOCK_END);
        return nested("blocks", () -> statements(Set.of(ends)));
    }

    /** A block up to this end tag. */
    private Statement blockUntil(String end) {
        Statement block = block(end);
        endTag(end);
        return block;
    }

    private void endTag(String name) {
        expect(name);
        end(BLOCK_END);
    }

    /** A block whose output becomes a value, and which {@code break} and {@code continue} cannot leave. */
    private Statement captured(String end) {
        int outerLoops = loops;
        loops = 0;
        captures++;
        Statement block = blockUntil(end);
        captures--;
        loops = outerLoops;
        return block;
    }

    private Statement statements(Set<String> ends) {
        int start = line();
        List<Statement> statements = new ArrayList<>();
        while (true) {
            String text = text();
            int line = line();
            if (!text.isEmpty()) {
                statements.add(new Statement(line, action(context -> context.print(text))));
            }
            String tag = tag();
            if (tag.equals("{")) {
                Expression expression = tupleOrExpression(this::expression);
                end(OUTPUT_END);
                statements.add(new Statement(line, printing(expression)));
            } else if (tag.equals("%") && !ends.contains(token())) {
                statements.add(new Statement(line, statement()));
            } else if (!tag.equals("#")) {
                boolean isEnd = tag.equals("%") || ends.isEmpty();
                check(isEnd, expected("a tag " + String.join(" or ", new TreeSet<>(ends))));
                return block(start, statements);
            }
        }
    }

    private static Statement block(int line, List<Statement> statements) {
        return new Statement(line, context -> {
            Flow flow = Flow.NEXT;
            for (int i = 0; flow == Flow.NEXT && i < statements.size(); i++) {
                flow = context.execute(statements.get(i));
            }
            return flow;
        });
    }

    private static Function<Context, Flow> action(Consumer<Context> action) {
        return context -> {
            action.accept(context);
            return Flow.NEXT;
        };
    }

    private static Function<Context, Flow> printing(Expression expression) {
        return action(context -> context.print(Python.str(context.evaluate(expression), context.budget())));
    }

    private Function<Context, Flow> statement() {
        String name = name("the name of a tag");
        return switch (name) {
            case "if" -> conditional();
            case "for" -> loop();
            case "set" -> assignment();
            case "filter" -> printing(filteredBlock("endfilter"));
            case "macro" -> macro();
            case "generation" -> generation();
            case "break" -> loopControl(Flow.BREAK);
            case "continue" -> loopControl(Flow.CONTINUE);
            case "include", "import", "from", "extends", "block" ->
                throw failure("the tag '" + name + "' is not available: a chat template stands alone");
            default ->
                throw failure("the tag '" + name + "' is not supported here: tags are break, continue, filter, for, "
                        + "generation, if, macro, set and the ends of blocks that are open");
        };
    }

    private Function<Context, Flow> conditional() {
        List<Expression> conditions = new ArrayList<>();
        List<Statement> branches = new ArrayList<>();
        do {
            conditions.add(tupleOrExpression(this::withoutCondition));
            branches.add(block("elif", "else", "endif"));
        } while (skip("elif"));
        branches.add(otherwise("endif"));
        return context -> {
            int branch = 0;
            while (branch < conditions.size() && !Python.isTrue(context.evaluate(conditions.get(branch)))) {
                branch++;
            }
            return context.execute(branches.get(branch));
        };
    }

    /** An optional {@code else} block and the end tag, either of which is the current token. */
    private Statement otherwise(String end) {
        Statement otherwise = skip("else") ? block(end) : block(line(), List.of());
        endTag(end);
        return otherwise;
    }

    private Function<Context, Flow> loop() {
        BiConsumer<Object, Context> target = targets(false);
        expect("in");
        Expression elements = tupleOrExpression(this::withoutCondition);
        Expression condition = skip("if") ? expression() : null;
        Expression passing =
                condition == null ? elements : context -> Loop.passing(target, elements, condition, context);
        check(!is("recursive"), "the word 'recursive' of a loop is not supported here: call a macro within itself");
        loops++;
        Statement body = block("else", "endfor");
        loops--;
        return new Loop(target, passing, body, otherwise("endfor"))::execute;
    }

    private Function<Context, Flow> assignment() {
        BiConsumer<Object, Context> target = targets(true);
        Expression value;
        if (skip("=")) {
            value = tupleOrExpression(this::expression);
            end(BLOCK_END);
        } else {
            value = filteredBlock("endset");
        }
        return action(context -> target.accept(context.evaluate(value), context));
    }

    /**
     * The output of a block with the filters of its tag applied. In a filter block the first of them has no {@code |}.
     */
    private Expression filteredBlock(String end) {
        List<UnaryOperator<Expression>> filters = new ArrayList<>();
        if (end.equals("endfilter")) {
            filters.add(filter());
        }
        while (skip("|")) {
            filters.add(filter());
        }
        Statement body = captured(end);
        Expression filtered = context -> context.capture(context.scope(), () -> context.execute(body));
        for (UnaryOperator<Expression> filter : filters) {
            filtered = filter.apply(filtered);
        }
        return filtered;
    }

    private Function<Context, Flow> macro() {
        String name = name("the name of a macro");
        expect("(");
        Map<String, Expression> parameters = new LinkedHashMap<>();
        list(")", () -> {
            String parameter = name("the name of a parameter");
            Undefined missing = new Undefined("parameter '" + parameter + "' was not provided");
            Expression fallback = skip("=") ? expression() : context -> missing;
            check(parameters.put(parameter, fallback) == null, "the parameter '" + parameter + "' is there twice");
        });
        Macro macro = new Macro(name, parameters, captured("endmacro"));
        return action(context -> context.set(name, macro.function(context)));
    }

    private Function<Context, Flow> generation() {
        boolean isPlaced = captures == 0;
        hasGeneration = true;
        hasCapturedGeneration |= !isPlaced;
        Statement body = captured("endgeneration");
        return context -> context.generation(isPlaced, body);
    }

    private Function<Context, Flow> loopControl(Flow flow) {
        check(loops > 0, "'break' and 'continue' belong into a loop, not into a macro or block inside of it");
        end(BLOCK_END);
        return context -> flow;
    }

    /** Targets of an assignment: one, or several separated by commas. */
    private BiConsumer<Object, Context> targets(boolean mayBeAttribute) {
        BiConsumer<Object, Context> first = target(mayBeAttribute);
        if (!is(",")) {
            return first;
        }
        List<BiConsumer<Object, Context>> targets = new ArrayList<>(List.of(first));
        while (skip(",") && (is("(") || (isA(NAME) && !is("in")))) {
            targets.add(target(mayBeAttribute));
        }
        return (value, context) -> {
            List<Object> values = Python.list(value, context.budget());
            int count = values.size();
            TemplateException.check(
                    count == targets.size(), "cannot unpack %d values into %d variables", count, targets.size());
            for (int i = 0; i < values.size(); i++) {
                targets.get(i).accept(values.get(i), context);
            }
        };
    }

    private BiConsumer<Object, Context> target(boolean mayBeAttribute) {
        if (skip("(")) {
            BiConsumer<Object, Context> inner = nested("blocks", () -> targets(mayBeAttribute));
            expect(")");
            return inner;
        }
        check(!CONSTANTS.containsKey(token()), "can't assign to '" + token() + "'");
        String name = name("the name of a variable");
        if (!mayBeAttribute || !skip(".")) {
            return (value, context) -> context.set(name, value);
        }
        String attribute = name("the name of an attribute");
        return (value, context) -> {
            if (!(context.variable(name) instanceof Namespace namespace)) {
                throw TemplateException.evaluation("cannot assign attribute on non-namespace object");
            }
            namespace.set(attribute, value, context.budget());
        };
    }
}
