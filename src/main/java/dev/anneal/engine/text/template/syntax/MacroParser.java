package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.program.Expression;
import dev.anneal.engine.text.template.program.Macro;
import dev.anneal.engine.text.template.program.Statement;
import dev.anneal.engine.text.template.syntax.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses macros, and call blocks, whose body is a macro that another macro can call. */
final class MacroParser {

    private final TokenStream tokens;
    private final Names names;
    private final Surroundings surroundings;
    private final ExpressionParser expressions;
    private final TemplateParser statements;

    MacroParser(
            TokenStream tokens,
            Names names,
            Surroundings surroundings,
            ExpressionParser expressions,
            TemplateParser statements) {
        this.tokens = tokens;
        this.names = names;
        this.surroundings = surroundings;
        this.expressions = expressions;
        this.statements = statements;
    }

    Statement macro(int line) {
        String name = tokens.expect(Kind.NAME, "the name of a macro").text();
        List<Macro.Parameter> parameters = parameters();
        statements.endTag();
        return new Statement.Definition(line, macro(name, parameters, "endmacro"));
    }

    Statement callBlock(int line) {
        List<Macro.Parameter> parameters = tokens.isOperator("(") ? parameters() : List.of();
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw tokens.failure("a call block wants the call of a macro");
        }
        statements.endTag();
        Expression caller = new Expression.Function(macro("caller", parameters, "endcall"));
        return new Statement.Output(
                line, new Expression.Call(call.function(), call.arguments().with("caller", caller)));
    }

    private Macro macro(String name, List<Macro.Parameter> parameters, String end) {
        names.open();
        Statement body = surroundings.captured(() -> statements.blockUntil(end));
        Set<String> read = names.close();
        return new Macro(name, parameters, read, body);
    }

    private List<Macro.Parameter> parameters() {
        tokens.expectOperator("(");
        List<Macro.Parameter> parameters = new ArrayList<>();
        while (!tokens.skipOperator(")")) {
            String name = tokens.expect(Kind.NAME, "the name of a parameter").text();
            @Nullable Expression fallback = tokens.skipOperator("=") ? expressions.expression() : null;
            parameters.add(new Macro.Parameter(name, fallback));
            if (!tokens.isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return parameters;
    }
}
