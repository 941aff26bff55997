package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.Builtin.define;

import dev.anneal.engine.text.template.TemplateException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's types. */
final class Methods {

    private static final Map<String, Map<String, Builtin>> TABLES = Map.of(
            "str",
            Builtin.table(
                    define("upper", "", call -> call.made(call.text().toUpperCase(Locale.ROOT))),
                    define("lower", "", call -> call.made(call.text().toLowerCase(Locale.ROOT))),
                    define("title", "", call -> call.made(Texts.title(call.text()))),
                    define("capitalize", "", call -> call.made(Texts.capitalize(call.text()))),
                    define("strip", "/ chars", call -> Texts.strip(call, true, true)),
                    define("lstrip", "/ chars", call -> Texts.strip(call, true, false)),
                    define("rstrip", "/ chars", call -> Texts.strip(call, false, true)),
                    define("removeprefix", "/ prefix", Methods::removePrefix),
                    define("removesuffix", "/ suffix", Methods::removeSuffix),
                    define("replace", "/ old new count", Texts::replace),
                    define("split", "sep maxsplit", call -> ListValue.list(Texts.split(call))),
                    define("startswith", "/ prefix", call -> matches(call, "prefix", String::startsWith)),
                    define("endswith", "/ suffix", call -> matches(call, "suffix", String::endsWith)),
                    define("find", "/ sub", Methods::find),
                    define("count", "/ sub", Methods::count),
                    define("join", "/ iterable", Methods::join),
                    define("format", "*", Texts::format)),
            "dict",
            Builtin.table(
                    define("get", "/ key default", Methods::get),
                    define("keys", "", call -> view(call, ListValue.Kind.DICT_KEYS)),
                    define("values", "", call -> view(call, ListValue.Kind.DICT_VALUES)),
                    define("items", "", call -> ((MapValue) call.subject()).items(call.budget()))));

    private static final String INTEGER =
            "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag is_integer numerator real"
                    + " to_bytes";

    /** Unsupported methods of Python, which are refused instead of being treated as missing. */
    private static final Map<String, Set<String>> UNSUPPORTED = Map.ofEntries(
            names(
                    "str",
                    "casefold center encode expandtabs format_map index isalnum isalpha isascii isdecimal isdigit"
                            + " isidentifier islower isnumeric isprintable isspace istitle isupper ljust maketrans"
                            + " partition rfind rindex rjust rpartition rsplit splitlines swapcase translate zfill"),
            names("dict", "clear copy fromkeys pop popitem setdefault update"),
            names("list", "append clear copy count extend index insert pop remove reverse sort"),
            names("tuple", "count index"),
            names("range", "count index start step stop"),
            names("dict_keys", "isdisjoint mapping"),
            names("dict_values", "mapping"),
            names("dict_items", "isdisjoint mapping"),
            names("int", INTEGER),
            names("bool", INTEGER),
            names("float", "as_integer_ratio conjugate fromhex hex imag is_integer real"),
            names("generator", "close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw"),
            names("function", "arguments caller catch_kwargs catch_varargs explicit_caller name"),
            names("LoopContext", "changed cycle depth depth0"));

    private Methods() {}

    private static Map.Entry<String, Set<String>> names(String type, String names) {
        return Map.entry(type, Set.of(names.split(" ")));
    }

    /** The method of this name, or null if Python has none. */
    static @Nullable Builtin find(Value object, String name) {
        String type = object.typeName();
        Map<String, Builtin> table = TABLES.getOrDefault(type, Map.of());
        if (UNSUPPORTED.getOrDefault(type, Set.of()).contains(name)) {
            throw TemplateException.unsupported(
                    "the attribute '" + name + "' of a value of type " + type,
                    table.isEmpty()
                            ? "write the template without it"
                            : "methods are " + String.join(", ", new TreeSet<>(table.keySet())));
        }
        return table.get(name);
    }

    private static Value removePrefix(Call call) {
        String prefix = call.text("prefix");
        return call.text().startsWith(prefix) ? call.made(call.text().substring(prefix.length())) : call.subject();
    }

    private static Value removeSuffix(Call call) {
        String suffix = call.text("suffix");
        int length = call.text().length() - suffix.length();
        return call.text().endsWith(suffix) ? call.made(call.text().substring(0, length)) : call.subject();
    }

    /** Whether the test holds for a text, or for one of a tuple of them. */
    private static Value matches(Call call, String parameter, BiPredicate<String, String> test) {
        Value wanted = call.value(parameter);
        boolean isTuple = wanted instanceof ListValue list && list.kind() == ListValue.Kind.TUPLE;
        for (Value each : isTuple ? ((ListValue) wanted).items() : List.of(wanted)) {
            if (!(each instanceof TextValue affix)) {
                throw each.failure("a text or a tuple of texts is wanted, not " + each.typeName());
            }
            call.budget().charge(affix.weight());
            if (test.test(call.text(), affix.string())) {
                return NumberValue.TRUE;
            }
        }
        return NumberValue.FALSE;
    }

    private static Value find(Call call) {
        int found = TextSearch.indexOf(call.text(), call.text("sub"), 0, call.budget());
        return NumberValue.of(found < 0 ? -1 : call.text().codePointCount(0, found));
    }

    private static Value count(Call call) {
        String wanted = call.text("sub");
        if (wanted.isEmpty()) {
            return NumberValue.of(call.subject().length() + 1L);
        }
        int count = 0;
        int at = TextSearch.indexOf(call.text(), wanted, 0, call.budget());
        while (at >= 0) {
            count++;
            at = TextSearch.indexOf(call.text(), wanted, at + wanted.length(), call.budget());
        }
        return NumberValue.of(count);
    }

    private static Value join(Call call) {
        BoundedText out = new BoundedText(call.budget());
        String separator = "";
        for (Iterator<Value> parts = call.value("iterable").iterator(); parts.hasNext(); separator = call.text()) {
            Value part = parts.next();
            if (!(part instanceof TextValue text)) {
                throw part.failure("join() takes texts, not " + part.typeName());
            }
            out.append(separator).append(text.string());
        }
        return new TextValue(out.toString());
    }

    private static Value get(Call call) {
        Value found = call.subject().item(MapValue.checkedKey(call.value("key"), call.budget()));
        return found == null ? call.value("default", NoneValue.NONE) : found;
    }

    private static Value view(Call call, ListValue.Kind kind) {
        Map<Value, Value> entries = ((MapValue) call.subject()).entries();
        call.budget().elements(entries.size());
        return ListValue.of(kind, List.copyOf(kind == ListValue.Kind.DICT_KEYS ? entries.keySet() : entries.values()));
    }
}
