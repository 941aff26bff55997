package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Statement.Flow;
import dev.anneal.engine.text.template.Token.Kind;
import dev.anneal.engine.text.template.value.Namespace;
import dev.anneal.engine.text.template.value.Python;
import dev.anneal.engine.text.template.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Parses the statements of a template. */
final class TemplateParser {

    /** Maximum nesting of blocks. */
    private static final int MAX_DEPTH = 60;

    private static final Set<String> CONSTANTS = Set.of("true", "True", "false", "False", "none", "None");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int depth;
    private int loops;
    private int captures;
    private boolean hasGeneration;
    private boolean hasCapturedGeneration;

    TemplateParser(String source) {
        this.tokens = new TokenStream(Lexer.tokens(source));
        this.expressions = new ExpressionParser(tokens);
    }

    /** The whole template. */
    Statement parse() {
        return statements(Set.of());
    }

    /** Whether there are generation blocks whose texts all have known positions in the output. */
    boolean marksAssistantText() {
        return hasGeneration && !hasCapturedGeneration;
    }

    /** Statements up to the tag that ends a block, which is left as the current token without its opening. */
    private Statement block(String... ends) {
        checkDepth(++depth);
        Statement block = statements(Set.of(ends));
        depth--;
        return block;
    }

    private void checkDepth(int reached) {
        if (reached > MAX_DEPTH) {
            throw tokens.failure("more than " + MAX_DEPTH + " blocks inside one another");
        }
    }

    /** A block up to this end tag. */
    private Statement blockUntil(String end) {
        Statement block = block(end);
        tokens.expect(end);
        endTag();
        return block;
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

    private void endTag() {
        tokens.expect(Kind.BLOCK_END, "the end of the tag");
    }

    private Statement statements(Set<String> ends) {
        int line = tokens.current().line();
        List<Statement> statements = new ArrayList<>();
        while (!tokens.isAt(Kind.END)) {
            if (tokens.isAt(Kind.BLOCK_BEGIN)
                    && ends.contains(tokens.following().text())) {
                tokens.next();
                return block(line, statements);
            }
            statements.add(statement());
        }
        if (!ends.isEmpty()) {
            throw tokens.unexpected(
                    "a tag " + String.join(" or ", ends.stream().sorted().toList()));
        }
        return block(line, statements);
    }

    private Statement statement() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case TEXT -> statement(token.line(), context -> context.print(token.text()));
            case OUTPUT_BEGIN -> output(token.line());
            default -> tag(token.line());
        };
    }

    private static Statement statement(int line, Consumer<Context> action) {
        return new Statement(line, context -> {
            action.accept(context);
            return Flow.NEXT;
        });
    }

    private static Statement block(int line, List<Statement> statements) {
        return new Statement(line, context -> {
            for (Statement statement : statements) {
                Flow flow = context.execute(statement);
                if (flow != Flow.NEXT) {
                    return flow;
                }
            }
            return Flow.NEXT;
        });
    }

    private static Statement printing(int line, Expression expression) {
        return statement(line, context -> context.print(Python.str(context.evaluate(expression), context.budget())));
    }

    private Statement output(int line) {
        Expression expression = expressions.tupleOrExpression(expressions::expression);
        tokens.expect(Kind.OUTPUT_END, "the end of the tag");
        return printing(line, expression);
    }

    private Statement tag(int line) {
        String name = tokens.expect(Kind.NAME, "the name of a tag").text();
        return switch (name) {
            case "if" -> conditional(line);
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "filter" -> printing(line, filteredBlock("endfilter"));
            case "macro" -> macro(line);
            case "generation" -> generation(line);
            case "break" -> loopControl(line, Flow.BREAK);
            case "continue" -> loopControl(line, Flow.CONTINUE);
            case "include", "import", "from", "extends", "block" ->
                throw tokens.failure("the tag '" + name + "' is not available: a chat template stands alone");
            default ->
                throw tokens.failure(
                        "the tag '" + name + "' is not supported here: tags are break, continue, filter, for, "
                                + "generation, if, macro, set and the ends of blocks that are open");
        };
    }

    private Statement conditional(int line) {
        List<Expression> conditions = new ArrayList<>();
        List<Statement> branches = new ArrayList<>();
        do {
            conditions.add(expressions.tupleOrExpression(expressions::withoutCondition));
            endTag();
            branches.add(block("elif", "else", "endif"));
        } while (tokens.skip("elif"));
        branches.add(otherwise("endif"));
        return new Statement(line, context -> {
            int branch = 0;
            while (branch < conditions.size() && !Python.isTrue(context.evaluate(conditions.get(branch)))) {
                branch++;
            }
            return context.execute(branches.get(branch));
        });
    }

    /** An optional {@code else} block and the end tag, either of which is the current token. */
    private Statement otherwise(String end) {
        if (tokens.skip("else")) {
            endTag();
            return blockUntil(end);
        }
        Statement nothing = block(tokens.current().line(), List.of());
        tokens.expect(end);
        endTag();
        return nothing;
    }

    private Statement loop(int line) {
        BiConsumer<Object, Context> target = targets(false);
        tokens.expect("in");
        Expression elements = expressions.tupleOrExpression(expressions::withoutCondition);
        Expression condition = tokens.skip("if") ? expressions.expression() : null;
        Expression passing =
                condition == null ? elements : context -> Loop.passing(target, elements, condition, context);
        if (tokens.is("recursive")) {
            throw tokens.failure("the word 'recursive' of a loop is not supported here: call a macro within itself");
        }
        endTag();
        loops++;
        Statement body = block("else", "endfor");
        loops--;
        Loop loop = new Loop(target, passing, body, otherwise("endfor"));
        return new Statement(line, loop::execute);
    }

    private Statement assignment(int line) {
        BiConsumer<Object, Context> target = targets(true);
        Expression value;
        if (tokens.skip("=")) {
            value = expressions.tupleOrExpression(expressions::expression);
            endTag();
        } else {
            value = filteredBlock("endset");
        }
        return statement(line, context -> target.accept(context.evaluate(value), context));
    }

    /**
     * The output of a block with the filters of its tag applied. In a filter block the first of them has no {@code |}.
     */
    private Expression filteredBlock(String end) {
        List<UnaryOperator<Expression>> filters = new ArrayList<>();
        if (end.equals("endfilter")) {
            filters.add(expressions.filter());
        }
        while (tokens.skip("|")) {
            filters.add(expressions.filter());
        }
        endTag();
        Statement body = captured(end);
        Expression filtered = context -> context.capture(context.scope(), () -> context.execute(body));
        for (UnaryOperator<Expression> filter : filters) {
            filtered = filter.apply(filtered);
        }
        return filtered;
    }

    private Statement macro(int line) {
        String name = tokens.expect(Kind.NAME, "the name of a macro").text();
        tokens.expect("(");
        Map<String, Expression> parameters = new LinkedHashMap<>();
        while (!tokens.skip(")")) {
            String parameter =
                    tokens.expect(Kind.NAME, "the name of a parameter").text();
            Undefined missing = new Undefined("parameter '" + parameter + "' was not provided");
            Expression fallback = tokens.skip("=") ? expressions.expression() : context -> missing;
            if (parameters.put(parameter, fallback) != null) {
                throw tokens.failure("the parameter '" + parameter + "' is there twice");
            }
            tokens.expectCommaOr(")");
        }
        endTag();
        Macro macro = new Macro(name, parameters, captured("endmacro"));
        return statement(line, context -> context.set(name, macro.function(context)));
    }

    private Statement generation(int line) {
        endTag();
        boolean isPlaced = captures == 0;
        hasGeneration = true;
        hasCapturedGeneration |= !isPlaced;
        Statement body = captured("endgeneration");
        return new Statement(line, context -> context.generation(isPlaced, body));
    }

    private Statement loopControl(int line, Flow flow) {
        if (loops == 0) {
            throw tokens.failure("'break' and 'continue' belong into a loop, not into a macro or block inside of it");
        }
        endTag();
        return new Statement(line, context -> flow);
    }

    /** Targets of an assignment: one, or several separated by commas. */
    private BiConsumer<Object, Context> targets(boolean mayBeAttribute) {
        BiConsumer<Object, Context> first = target(mayBeAttribute);
        if (!tokens.is(",")) {
            return first;
        }
        List<BiConsumer<Object, Context>> targets = new ArrayList<>(List.of(first));
        while (tokens.skip(",") && (tokens.is("(") || (tokens.isAt(Kind.NAME) && !tokens.is("in")))) {
            targets.add(target(mayBeAttribute));
        }
        return (value, context) -> {
            List<Object> values = Python.list(value, context.budget());
            if (values.size() != targets.size()) {
                throw TemplateException.evaluation(
                        "cannot unpack " + values.size() + " values into " + targets.size() + " variables");
            }
            for (int i = 0; i < values.size(); i++) {
                targets.get(i).accept(values.get(i), context);
            }
        };
    }

    private BiConsumer<Object, Context> target(boolean mayBeAttribute) {
        if (tokens.skip("(")) {
            checkDepth(++depth);
            BiConsumer<Object, Context> inner = targets(mayBeAttribute);
            tokens.expect(")");
            depth--;
            return inner;
        }
        String name = tokens.current().text();
        if (CONSTANTS.contains(name)) {
            throw tokens.failure("can't assign to '" + name + "'");
        }
        tokens.expect(Kind.NAME, "the name of a variable");
        if (!mayBeAttribute || !tokens.skip(".")) {
            return (value, context) -> context.set(name, value);
        }
        String attribute = tokens.expect(Kind.NAME, "the name of an attribute").text();
        return (value, context) -> {
            if (!(context.variable(name) instanceof Namespace namespace)) {
                throw TemplateException.evaluation("cannot assign attribute on non-namespace object");
            }
            namespace.set(attribute, value, context.budget());
        };
    }
}
