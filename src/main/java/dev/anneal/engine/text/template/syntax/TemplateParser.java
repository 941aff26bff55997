package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.program.Expression;
import dev.anneal.engine.text.template.program.Flow;
import dev.anneal.engine.text.template.program.Loop;
import dev.anneal.engine.text.template.program.Program;
import dev.anneal.engine.text.template.program.Statement;
import dev.anneal.engine.text.template.program.Statement.If.Branch;
import dev.anneal.engine.text.template.program.Target;
import dev.anneal.engine.text.template.syntax.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses the statements of a template. Tags that would read anything but the template itself do not exist here. */
public final class TemplateParser {

    /** Blocks inside one another. */
    private static final int MAX_DEPTH = 60;

    private final TokenStream tokens;
    private final Names names = new Names();
    private final Surroundings surroundings = new Surroundings();
    private final ExpressionParser expressions;
    private final TargetParser targets;
    private final MacroParser macros;
    private int depth;

    private TemplateParser(String source) {
        this.tokens = new TokenStream(Lexer.tokens(source));
        this.expressions = new ExpressionParser(tokens, names);
        this.targets = new TargetParser(tokens);
        this.macros = new MacroParser(tokens, names, surroundings, expressions, this);
    }

    /** The program of a template. */
    public static Program parse(String source) {
        TemplateParser parser = new TemplateParser(source);
        Statement body = parser.statements(Set.of());
        return new Program(body, parser.surroundings.marksAssistantText());
    }

    /** Statements up to the tag that ends a block, which is left as the current token without its opening. */
    Statement block(String... ends) {
        if (++depth > MAX_DEPTH) {
            throw tokens.failure("more than " + MAX_DEPTH + " blocks inside one another");
        }
        Statement block = statements(Set.of(ends));
        depth--;
        return block;
    }

    /** A block that has nothing but its end tag behind it. */
    Statement blockUntil(String end) {
        Statement block = block(end);
        tokens.expectName(end);
        endTag();
        return block;
    }

    void endTag() {
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
            case "with" -> with(line);
            case "filter" -> filter(line);
            case "macro" -> macros.macro(line);
            case "call" -> macros.callBlock(line);
            case "generation" -> generation(line);
            case "break" -> loopControl(line, Flow.BREAK);
            case "continue" -> loopControl(line, Flow.CONTINUE);
            case "include", "import", "from", "extends", "block" ->
                throw tokens.failure("the tag '" + name + "' is not available: a chat template stands alone");
            default -> throw tokens.failure("Encountered unknown tag '" + name + "'.");
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
        Target target = targets.targets(false);
        tokens.expectName("in");
        Expression elements = expressions.tupleOrExpression(expressions::withoutCondition);
        @Nullable Expression condition = tokens.skipName("if") ? expressions.expression() : null;
        boolean isRecursive = tokens.skipName("recursive");
        endTag();
        Statement body = isRecursive
                ? surroundings.captured(() -> surroundings.insideLoop(() -> block("else", "endfor")))
                : surroundings.insideLoop(() -> block("else", "endfor"));
        return new Loop(line, target, elements, condition, isRecursive, body, otherwise("endfor"));
    }

    private Statement assignment(int line) {
        Target target = targets.targets(true);
        if (tokens.skipOperator("=")) {
            Expression value = expressions.tupleOrExpression(expressions::expression);
            endTag();
            return new Statement.Assignment(line, target, value);
        }
        return new Statement.Assignment(line, target, filteredBlock("endset"));
    }

    private Statement filter(int line) {
        return new Statement.Output(line, filteredBlock("endfilter"));
    }

    /** The text of a block behind the filters that its tag names. In a filter block the first of them has no {@code |}. */
    private Expression filteredBlock(String end) {
        FilterChain filters = new FilterChain(tokens, expressions);
        filters.read(end.equals("endfilter"));
        endTag();
        return filters.applyTo(new Expression.Captured(surroundings.captured(() -> blockUntil(end))));
    }

    private Statement with(int line) {
        List<Statement.Assignment> assignments = new ArrayList<>();
        while (!tokens.isAt(Kind.BLOCK_END)) {
            if (!assignments.isEmpty()) {
                tokens.expectOperator(",");
            }
            Target target = targets.target(false);
            tokens.expectOperator("=");
            assignments.add(new Statement.Assignment(line, target, expressions.expression()));
        }
        endTag();
        return new Statement.With(line, assignments, blockUntil("endwith"));
    }

    private Statement generation(int line) {
        endTag();
        boolean isPlaced = surroundings.addGeneration();
        return new Statement.Generation(line, isPlaced, surroundings.captured(() -> blockUntil("endgeneration")));
    }

    private Statement loopControl(int line, Flow flow) {
        if (!surroundings.isInsideLoop()) {
            throw tokens.failure("'break' and 'continue' belong into a loop, not into a macro or block inside of it");
        }
        endTag();
        return new Statement.LoopControl(line, flow);
    }
}
