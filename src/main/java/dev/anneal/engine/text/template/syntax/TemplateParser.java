package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.program.Expression;
import dev.anneal.engine.text.template.program.Flow;
import dev.anneal.engine.text.template.program.Loop;
import dev.anneal.engine.text.template.program.Macro;
import dev.anneal.engine.text.template.program.Program;
import dev.anneal.engine.text.template.program.Statement;
import dev.anneal.engine.text.template.program.Statement.If.Branch;
import dev.anneal.engine.text.template.program.Target;
import dev.anneal.engine.text.template.syntax.Token.Kind;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses the statements of a template. */
public final class TemplateParser {

    /** Blocks inside one another. */
    private static final int MAX_DEPTH = 60;

    private static final Set<String> CONSTANTS = Set.of("true", "True", "false", "False", "none", "None");
    private static final Expression PLACE_OF_THE_BLOCK = new Expression.Literal(NoneValue.NONE);

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int depth;
    private int loops;
    private int captures;
    private boolean hasGeneration;
    private boolean hasCapturedGeneration;

    private TemplateParser(String source) {
        this.tokens = new TokenStream(Lexer.tokens(source));
        this.expressions = new ExpressionParser(tokens);
    }

    /** The program of a template. */
    public static Program parse(String source) {
        TemplateParser parser = new TemplateParser(source);
        Statement body = parser.statements(Set.of());
        return new Program(body, parser.hasGeneration && !parser.hasCapturedGeneration);
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
        tokens.expectName(end);
        endTag();
        return block;
    }

    /** A block whose text becomes a value before it is printed, and from which a loop around it cannot be left. */
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
                return new Statement.Block(line, statements);
            }
            statements.add(statement());
        }
        if (!ends.isEmpty()) {
            throw tokens.unexpected(
                    "a tag " + String.join(" or ", ends.stream().sorted().toList()));
        }
        return new Statement.Block(line, statements);
    }

    private Statement statement() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case TEXT -> new Statement.Text(token.line(), token.text());
            case OUTPUT_BEGIN -> output(token.line());
            default -> tag(token.line());
        };
    }

    private Statement output(int line) {
        Expression expression = expressions.tupleOrExpression(expressions::expression);
        tokens.expect(Kind.OUTPUT_END, "the end of the tag");
        return new Statement.Output(line, expression);
    }

    private Statement tag(int line) {
        String name = tokens.expect(Kind.NAME, "the name of a tag").text();
        return switch (name) {
            case "if" -> conditional(line);
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "filter" -> new Statement.Output(line, filteredBlock("endfilter"));
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
        List<Branch> branches = new ArrayList<>();
        do {
            Expression condition = expressions.tupleOrExpression(expressions::withoutCondition);
            endTag();
            branches.add(new Branch(condition, block("elif", "else", "endif")));
        } while (tokens.skipName("elif"));
        return new Statement.If(line, branches, otherwise("endif"));
    }

    /** An optional {@code else} block and the end tag, either of which is the current token. */
    private Statement otherwise(String end) {
        if (tokens.skipName("else")) {
            endTag();
            return blockUntil(end);
        }
        Statement nothing = new Statement.Block(tokens.current().line(), List.of());
        tokens.expectName(end);
        endTag();
        return nothing;
    }

    private Statement loop(int line) {
        Target target = targets(false);
        tokens.expectName("in");
        Expression elements = expressions.tupleOrExpression(expressions::withoutCondition);
        @Nullable Expression condition = tokens.skipName("if") ? expressions.expression() : null;
        if (tokens.isName("recursive")) {
            throw tokens.failure("the word 'recursive' of a loop is not supported here: call a macro within itself");
        }
        endTag();
        loops++;
        Statement body = block("else", "endfor");
        loops--;
        return new Loop(line, target, elements, condition, body, otherwise("endfor"));
    }

    private Statement assignment(int line) {
        Target target = targets(true);
        if (tokens.skipOperator("=")) {
            Expression value = expressions.tupleOrExpression(expressions::expression);
            endTag();
            return new Statement.Assignment(line, target, value);
        }
        return new Statement.Assignment(line, target, filteredBlock("endset"));
    }

    /** The text of a block behind the filters that its tag names. In a filter block the first of them has no {@code |}. */
    private Expression filteredBlock(String end) {
        List<Expression.Filter> filters = new ArrayList<>();
        if (end.equals("endfilter")) {
            filters.add(expressions.filter(PLACE_OF_THE_BLOCK));
        }
        while (tokens.skipOperator("|")) {
            filters.add(expressions.filter(PLACE_OF_THE_BLOCK));
        }
        endTag();
        Expression filtered = new Expression.Captured(captured(end));
        for (Expression.Filter filter : filters) {
            filtered = new Expression.Filter(filtered, filter.name(), filter.arguments());
        }
        return filtered;
    }

    private Statement macro(int line) {
        String name = tokens.expect(Kind.NAME, "the name of a macro").text();
        tokens.expectOperator("(");
        List<Macro.Parameter> parameters = new ArrayList<>();
        while (!tokens.skipOperator(")")) {
            String parameter =
                    tokens.expect(Kind.NAME, "the name of a parameter").text();
            Expression fallback = tokens.skipOperator("=")
                    ? expressions.expression()
                    : new Expression.Literal(Undefined.because("parameter '" + parameter + "' was not provided"));
            parameters.add(new Macro.Parameter(parameter, fallback));
            tokens.expectCommaOr(")");
        }
        endTag();
        return new Statement.Definition(line, new Macro(name, parameters, captured("endmacro")));
    }

    private Statement generation(int line) {
        endTag();
        boolean isPlaced = captures == 0;
        hasGeneration = true;
        hasCapturedGeneration |= !isPlaced;
        return new Statement.Generation(line, isPlaced, captured("endgeneration"));
    }

    private Statement loopControl(int line, Flow flow) {
        if (loops == 0) {
            throw tokens.failure("'break' and 'continue' belong into a loop, not into a macro or block inside of it");
        }
        endTag();
        return new Statement.LoopControl(line, flow);
    }

    /** What a value is assigned to: one target, or several separated by commas. */
    private Target targets(boolean mayBeAttribute) {
        Target first = target(mayBeAttribute);
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Target> several = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && (tokens.isOperator("(") || tokens.isAt(Kind.NAME) && !tokens.isName("in"))) {
            several.add(target(mayBeAttribute));
        }
        return new Target.Several(several);
    }

    private Target target(boolean mayBeAttribute) {
        if (tokens.skipOperator("(")) {
            checkDepth(++depth);
            Target inner = targets(mayBeAttribute);
            tokens.expectOperator(")");
            depth--;
            return inner;
        }
        String name = tokens.current().text();
        if (CONSTANTS.contains(name)) {
            throw tokens.failure("can't assign to '" + name + "'");
        }
        tokens.expect(Kind.NAME, "the name of a variable");
        return mayBeAttribute && tokens.skipOperator(".")
                ? new Target.NamespaceAttribute(
                        name,
                        tokens.expect(Kind.NAME, "the name of an attribute").text())
                : new Target.Variable(name);
    }
}
