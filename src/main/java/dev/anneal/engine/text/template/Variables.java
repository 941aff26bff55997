package dev.anneal.engine.text.template;

import static dev.anneal.engine.text.template.value.NoneType.NONE;

import dev.anneal.engine.text.template.value.Budget;
import dev.anneal.engine.text.template.value.Numbers;
import dev.anneal.engine.text.template.value.Python;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies the variables of a rendering as values of templates, with messages prepared as in transformers. Exposes
 * nothing of the host.
 */
final class Variables {

    /** Names of a message's reasoning; the first one that is set counts. */
    private static final List<String> REASONING = List.of("reasoning_content", "thinking", "reasoning");

    private Variables() {}

    /** The variables, with those of transformers that are not given. */
    static Map<String, Object> of(Map<String, ? extends @Nullable Object> given) {
        Map<String, Object> variables =
                new HashMap<>(Map.of("tools", NONE, "documents", NONE, "add_generation_prompt", false));
        Budget budget = new Budget();
        given.forEach((name, value) -> variables.put(name, value(value, budget)));
        if (variables.get("messages") instanceof List<?> messages) {
            variables.put("messages", messages.stream().map(Variables::prepared).toList());
        }
        return variables;
    }

    /** A message without keys whose value is None, and with its reasoning under the names that templates use. */
    private static Map<?, ?> prepared(Object message) {
        Map<?, ?> map = Python.require(Map.class, message, "a message must be a mapping");
        Map<Object, Object> present = new LinkedHashMap<>(map);
        present.values().removeIf(value -> value == NONE);
        for (String name : REASONING) {
            Object reasoning = present.get(name);
            if (reasoning != null) {
                Map<Object, Object> entries = new LinkedHashMap<>(Map.of("thinking", reasoning));
                entries.putAll(present);
                entries.put("reasoning_content", reasoning);
                return entries;
            }
        }
        return present;
    }

    private static Object value(@Nullable Object object, Budget budget) {
        if (object == null) {
            return NONE;
        }
        if (object instanceof CharSequence || object instanceof Boolean) {
            return object instanceof Boolean ? object : object.toString();
        }
        if (object instanceof Number number) {
            return number(number);
        }
        if (object instanceof Map<?, ?> map) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            return budget.nested(() -> {
                map.forEach((key, value) -> entries.put(Python.key(value(key, budget), budget), value(value, budget)));
                return entries;
            });
        }
        if (object instanceof Collection<?> collection) {
            Stream<Object> items = collection.stream().map(item -> value(item, budget));
            return budget.nested(items::toList);
        }
        throw new IllegalArgumentException("a variable of a chat template holds a "
                + object.getClass().getName() + "; only maps, lists, strings, numbers and booleans are allowed");
    }

    private static Number number(Number number) {
        if (number instanceof BigInteger integer) {
            return Numbers.integer(integer);
        }
        boolean isFloat = number instanceof Double || number instanceof Float || number instanceof BigDecimal;
        return isFloat ? (Number) number.doubleValue() : (Number) number.longValue();
    }
}
