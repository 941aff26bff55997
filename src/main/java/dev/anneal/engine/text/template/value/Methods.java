package dev.anneal.engine.text.template.value;

import static dev.anneal.engine.text.template.value.Builtin.define;
import static dev.anneal.engine.text.template.value.NoneType.NONE;
import static dev.anneal.engine.text.template.value.Python.elements;
import static dev.anneal.engine.text.template.value.Python.length;
import static dev.anneal.engine.text.template.value.Python.list;
import static dev.anneal.engine.text.template.value.Python.require;
import static dev.anneal.engine.text.template.value.Python.typeName;

import dev.anneal.engine.text.template.TemplateException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The methods of Python's types. */
final class Methods {

    private static final Map<String, Builtin> TEXTS = new TreeMap<>(Builtin.table(
            define("upper", "", call -> call.made(call.text().toUpperCase(Locale.ROOT))),
            define("lower", "", call -> call.made(call.text().toLowerCase(Locale.ROOT))),
            define("title", "", call -> call.made(PythonText.title(call.text()))),
            define("capitalize", "", call -> call.made(PythonText.capitalize(call.text()))),
            define("strip", "/ chars", call -> PythonText.strip(call, true, true)),
            define("lstrip", "/ chars", call -> PythonText.strip(call, true, false)),
            define("rstrip", "/ chars", call -> PythonText.strip(call, false, true)),
            define("removeprefix", "/ prefix", Methods::removePrefix),
            define("removesuffix", "/ suffix", Methods::removeSuffix),
            define("replace", "/ old new count", PythonText::replace),
            define("split", "sep maxsplit", PythonText::split),
            define("startswith", "/ prefix", call -> matches(call, "prefix", String::startsWith)),
            define("endswith", "/ suffix", call -> matches(call, "suffix", String::endsWith)),
            define("find", "/ sub", Methods::find),
            define("count", "/ sub", Methods::count),
            define("join", "/ iterable", Methods::join),
            define("format", "*", PythonText::format)));

    private static final Map<String, Builtin> MAPPINGS = new TreeMap<>(Builtin.table(
            define("get", "/ key default", Methods::get),
            define("keys", "", call -> view(call, "dict_keys", map(call))),
            define("values", "", call -> view(call, "dict_values", map(call).values())),
            define("items", "", call -> Sequence.of("dict_items", Python.items(map(call), call.budget())))));

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
            names(
                    "int",
                    "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag is_integer numerator"
                            + " real to_bytes"),
            names("float", "as_integer_ratio conjugate fromhex hex imag is_integer real"),
            names("generator", "close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw"),
            names("function", "arguments caller catch_kwargs catch_varargs explicit_caller name"),
            names("LoopContext", "changed cycle depth depth0"));

    private Methods() {}

    private static Map.Entry<String, Set<String>> names(String type, String names) {
        return Map.entry(type, Set.of(names.split(" ")));
    }

    /** The method of this name, or null if Python has none. */
    static @Nullable Builtin find(Object object, String name) {
        String type = typeName(object);
        Map<String, Builtin> table = object instanceof String ? TEXTS : object instanceof Map ? MAPPINGS : Map.of();
        Set<String> unsupported = UNSUPPORTED.getOrDefault(object instanceof Boolean ? "int" : type, Set.of());
        if (unsupported.contains(name)) {
            String methods = "methods are " + String.join(", ", table.keySet());
            throw TemplateException.unsupported(
                    "the attribute '" + name + "' of a value of type " + type,
                    table.isEmpty() ? "write the template without it" : methods);
        }
        return table.get(name);
    }

    private static Object removePrefix(Call call) {
        String prefix = call.text("prefix");
        return call.text().startsWith(prefix) ? call.made(call.text().substring(prefix.length())) : call.subject();
    }

    private static Object removeSuffix(Call call) {
        String suffix = call.text("suffix");
        int length = call.text().length() - suffix.length();
        return call.text().endsWith(suffix) ? call.made(call.text().substring(0, length)) : call.subject();
    }

    /** Whether the test holds for a text, or for one of a tuple of them. */
    private static Object matches(Call call, String parameter, BiPredicate<String, String> test) {
        Object wanted = call.value(parameter);
        boolean isTuple = typeName(wanted).equals("tuple");
        List<?> affixes = isTuple ? (List<?>) wanted : List.of(wanted);
        return affixes.stream()
                .map(each -> require(String.class, each, "a text or a tuple of texts is wanted"))
                .peek(affix -> call.budget().scan(affix.length()))
                .anyMatch(affix -> test.test(call.text(), affix));
    }

    private static Object find(Call call) {
        int found = indexOf(call, call.text("sub"), 0);
        return found < 0 ? -1L : (long) call.text().codePointCount(0, found);
    }

    private static Object count(Call call) {
        String wanted = call.text("sub");
        if (wanted.isEmpty()) {
            return length(call.subject()) + 1;
        }
        int first = indexOf(call, wanted, 0);
        return IntStream.iterate(first, at -> at >= 0, at -> indexOf(call, wanted, at + wanted.length()))
                .count();
    }

    private static int indexOf(Call call, String wanted, int from) {
        return TextSearch.indexOf(call.text(), wanted, from, call.budget());
    }

    private static Object join(Call call) {
        Stream<String> texts = elements(call.value("iterable"), call.budget())
                .map(part -> require(String.class, part, "join() takes texts"));
        return BoundedText.joined(texts, call.text(), call.budget());
    }

    private static Object view(Call call, String type, Object elements) {
        return Sequence.of(type, list(elements, call.budget()));
    }

    private static Map<?, ?> map(Call call) {
        return (Map<?, ?>) call.subject();
    }

    private static Object get(Call call) {
        Object found = map(call).get(Python.key(call.value("key"), call.budget()));
        return found == null ? call.value("default", NONE) : found;
    }
}
