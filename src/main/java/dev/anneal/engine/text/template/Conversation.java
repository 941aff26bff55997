package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.value.ListValue;
import dev.anneal.engine.text.template.value.MapValue;
import dev.anneal.engine.text.template.value.NoneValue;
import dev.anneal.engine.text.template.value.NumberValue;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the variables of a rendering into values, with messages prepared as in transformers. Exposes nothing of the
 * host.
 */
final class Conversation {

    private static final TextValue REASONING_CONTENT = new TextValue("reasoning_content");
    private static final TextValue THINKING = new TextValue("thinking");

    /** Names of a message's reasoning; the first one that is set counts. */
    private static final List<TextValue> REASONING = List.of(REASONING_CONTENT, THINKING, new TextValue("reasoning"));

    private Conversation() {}

    static Map<String, Value> variables(Map<String, ? extends @Nullable Object> given) {
        Map<String, Value> variables = new HashMap<>();
        variables.put("tools", NoneValue.NONE);
        variables.put("documents", NoneValue.NONE);
        variables.put("add_generation_prompt", NumberValue.FALSE);
        given.forEach((name, value) -> variables.put(name, value(value)));
        variables.computeIfPresent(
                "messages",
                (name, value) -> value instanceof ListValue messages
                        ? ListValue.list(messages.items().stream()
                                .map(Conversation::prepared)
                                .toList())
                        : value);
        return variables;
    }

    /** A message without keys whose value is None, and with its reasoning under the names that templates use. */
    private static Value prepared(Value message) {
        if (!(message instanceof MapValue map)) {
            throw TemplateException.evaluation("a message must be a mapping, not " + message.typeName());
        }
        Map<Value, Value> entries = new LinkedHashMap<>();
        Value reasoning = reasoning(map);
        if (reasoning != null) {
            entries.put(THINKING, reasoning);
        }
        map.entries().forEach((key, value) -> {
            if (value != NoneValue.NONE) {
                entries.put(key, value);
            }
        });
        if (reasoning != null) {
            entries.put(REASONING_CONTENT, reasoning);
        }
        return new MapValue(entries);
    }

    private static @Nullable Value reasoning(MapValue message) {
        for (TextValue name : REASONING) {
            Value value = message.item(name);
            if (value != null && value != NoneValue.NONE) {
                return value;
            }
        }
        return null;
    }

    private static Value value(@Nullable Object object) {
        if (object == null) {
            return NoneValue.NONE;
        }
        if (object instanceof CharSequence text) {
            return new TextValue(text.toString());
        }
        if (object instanceof Boolean bool) {
            return NumberValue.of(bool.booleanValue());
        }
        if (object instanceof Number number) {
            return number(number);
        }
        if (object instanceof Map<?, ?> map) {
            return mapping(map);
        }
        if (object instanceof Collection<?> collection) {
            return ListValue.list(collection.stream().map(Conversation::value).toList());
        }
        throw new IllegalArgumentException("a variable of a chat template holds a "
                + object.getClass().getName() + "; only maps, lists, strings, numbers and booleans are allowed");
    }

    private static Value number(Number number) {
        if (number instanceof BigInteger integer) {
            return NumberValue.of(integer);
        }
        boolean isFloat = number instanceof Double || number instanceof Float || number instanceof BigDecimal;
        return isFloat ? NumberValue.of(number.doubleValue()) : NumberValue.of(number.longValue());
    }

    private static Value mapping(Map<?, ?> map) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        map.forEach((key, value) -> entries.put(value(key), value(value)));
        return new MapValue(entries);
    }
}
