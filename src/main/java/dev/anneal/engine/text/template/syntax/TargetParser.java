package dev.anneal.engine.text.template.syntax;

import dev.anneal.engine.text.template.program.Target;
import dev.anneal.engine.text.template.syntax.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses what can be assigned to: variables, attributes of a namespace, and tuples of them. */
final class TargetParser {

    private static final Set<String> CONSTANTS = Set.of("true", "True", "false", "False", "none", "None");

    private final TokenStream tokens;
    private int depth;

    TargetParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** One target, or several separated by commas. */
    Target targets(boolean mayBeAttribute) {
        Target first = target(mayBeAttribute);
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Target> several = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && isTarget()) {
            several.add(target(mayBeAttribute));
        }
        return new Target.Several(several);
    }

    private boolean isTarget() {
        boolean isVariable = tokens.isAt(Kind.NAME) && !tokens.isName("in");
        return isVariable || tokens.isOperator("(");
    }

    Target target(boolean mayBeAttribute) {
        if (tokens.skipOperator("(")) {
            return bracketed(mayBeAttribute);
        }
        String name = variable();
        if (mayBeAttribute && tokens.skipOperator(".")) {
            return new Target.NamespaceAttribute(
                    name, tokens.expect(Kind.NAME, "the name of an attribute").text());
        }
        return new Target.Variable(name);
    }

    private Target bracketed(boolean mayBeAttribute) {
        if (++depth > 16) {
            throw tokens.failure("too many brackets around variables");
        }
        Target inner = targets(mayBeAttribute);
        tokens.expectOperator(")");
        depth--;
        return inner;
    }

    /** The name of a variable that may be set. */
    String variable() {
        if (CONSTANTS.contains(tokens.current().text())) {
            throw tokens.failure("can't assign to '" + tokens.current().text() + "'");
        }
        return tokens.expect(Kind.NAME, "the name of a variable").text();
    }
}
