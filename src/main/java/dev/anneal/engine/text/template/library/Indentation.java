package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;

/** An indentation as Python's functions take it: a number of spaces, or the text itself. */
final class Indentation {

    private Indentation() {}

    static String of(Value width, Environment environment) {
        if (width instanceof TextValue text) {
            return text.string();
        }
        if (width instanceof NumberValue number) {
            return " ".repeat(environment.budget().text(Math.max(0, number.asLong())));
        }
        throw TemplateException.evaluation("an indentation is a number or a text, not " + width.typeName());
    }
}
