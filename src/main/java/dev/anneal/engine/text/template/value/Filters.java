package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.Builtin.define;

import dev.anneal.engine.text.template.TemplateException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** What can follow {@code |}: here the filters of texts and single values, in {@link SequenceFilters} those of several. */
public final class Filters {

    private static final Map<String, Builtin> TABLE = new TreeMap<>(Builtin.table(
            mapped("upper", text -> text.toUpperCase(Locale.ROOT)),
            mapped("lower", text -> text.toLowerCase(Locale.ROOT)),
            mapped("capitalize", Texts::capitalize),
            mapped("title", Texts::titleOfWords),
            mapped("string", text -> text),
            // Nothing is escaped on output, so a text marked as safe is like any other.
            mapped("safe", text -> text),
            define("trim", "chars", call -> Texts.strip(call, true, true)),
            define("replace", "old new count", Texts::replace),
            define("indent", "width first blank", Texts::indent),
            define("default", "default_value boolean", Filters::orDefault),
            define("d", "default_value boolean", Filters::orDefault),
            define(
                    "int",
                    "default",
                    call -> Numbers.toInteger(call.subject(), call.value("default", NumberValue.of(0)))),
            define(
                    "float",
                    "default",
                    call -> Numbers.toReal(call.subject(), call.value("default", NumberValue.of(0.0)))),
            define("abs", "", call -> Numbers.absolute(Numbers.number(call))),
            define("round", "precision method", Numbers::round),
            define("tojson", "ensure_ascii indent separators sort_keys", Filters::json)));

    static {
        TABLE.putAll(SequenceFilters.TABLE);
    }

    private Filters() {}

    /** The filter of this name. */
    public static Builtin get(String name) {
        Builtin filter = TABLE.get(name);
        if (filter == null) {
            throw TemplateException.unsupported(
                    "the filter '" + name + "'", "filters are " + String.join(", ", TABLE.keySet()));
        }
        return filter;
    }

    private static Builtin mapped(String name, UnaryOperator<String> change) {
        return define(name, "", call -> call.made(change.apply(call.text())));
    }

    private static Value orDefault(Call call) {
        Value value = call.subject();
        boolean isMissing = value instanceof Undefined || (call.flag("boolean") && !value.isTrue());
        return isMissing ? call.value("default_value", TextValue.EMPTY) : value;
    }

    private static Value json(Call call) {
        String indent = call.has("indent") ? call.indentation("indent", 0) : null;
        String itemSeparator = indent == null ? ", " : ",";
        String keySeparator = ": ";
        if (call.has("separators")) {
            if (!(call.value("separators") instanceof ListValue list
                    && list.length() == 2
                    && list.items().get(0) instanceof TextValue item
                    && list.items().get(1) instanceof TextValue key)) {
                throw TemplateException.evaluation("the separators of tojson are two texts");
            }
            itemSeparator = item.string();
            keySeparator = key.string();
        }
        PythonPrinter.Style style = new PythonPrinter.Style(
                true, call.flag("ensure_ascii"), indent, itemSeparator, keySeparator, call.flag("sort_keys"));
        return new TextValue(PythonPrinter.print(call.subject(), style, call.budget()));
    }
}
