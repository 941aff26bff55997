package dev.anneal.service.platform.request;

import dev.anneal.protocol.Setting;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The keys of a JSON object of the API, as the components of a record declare them: {@link Setting}. Other components
 * are not of the object.
 */
public record KeyTable<T extends Record>(Class<T> type, List<Key> keys) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Answers show records often. */
    private static final ClassValue<List<Key>> DECLARED = new ClassValue<>() {

        @Override
        protected List<Key> computeValue(Class<?> type) {
            return Stream.of(type.getRecordComponents())
                    .filter(component -> component.isAnnotationPresent(Setting.class))
                    .map(component -> Key.of(component, component.getAnnotation(Setting.class)))
                    .toList();
        }
    };

    /**
     * A key.
     *
     * @param component name of the component
     */
    public record Key(String component, Class<?> type, String name, Setting setting) {

        static Key of(RecordComponent component, Setting setting) {
            String snake = component.getName().replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT);
            String name = setting.key().isEmpty() ? snake : setting.key();
            return new Key(component.getName(), component.getType(), name, setting);
        }

        /** Allowed texts; none for any. */
        public List<String> choices() {
            return setting.choices().isEmpty()
                    ? List.of()
                    : List.of(setting.choices().split(", ", -1));
        }

        @Nullable
        Object read(StrictObject given) {
            boolean isAuto = setting.auto() && given.isAuto(name);
            Object value = isAuto ? null : value(given);
            return value == null && !setting.byDefault().isEmpty() ? setting.byDefault() : value;
        }

        private @Nullable Object value(StrictObject given) {
            String words =
                    (setting.unit().isEmpty() ? "" : ", " + setting.unit()) + (setting.auto() ? " or \"auto\"" : "");
            return switch (type.getSimpleName()) {
                case "boolean", "Boolean" -> given.flag(name);
                case "int", "Integer" -> given.wholeNumber(name, setting.range(), words);
                case "long", "Long" -> given.longNumber(name, setting.range());
                case "double", "Double" -> given.number(name, setting.range(), words);
                case "List" ->
                    setting.entries() == 0
                            ? given.textOrTexts(name)
                            : given.wholeNumbers(name, setting.range(), setting.entries());
                default -> choices().isEmpty() ? given.text(name) : given.choice(name, choices());
            };
        }
    }

    public static <T extends Record> KeyTable<T> of(Class<T> type) {
        return new KeyTable<>(type, DECLARED.get(type));
    }

    T read(StrictObject given) {
        Map<String, @Nullable Object> values = new HashMap<>();
        keys.forEach(key -> values.put(key.component, key.read(given)));
        return JSON.convertValue(values, type);
    }

    /** The record of an object without keys. */
    public T defaults() {
        return read(new StrictObject(JsonNodeFactory.instance.objectNode()));
    }

    /** The keys with a record's values, for the API. */
    public static Map<String, Object> shown(Record record) {
        Map<String, @Nullable Object> values = JSON.convertValue(record, new TypeReference<>() {});
        Map<String, Object> shown = new LinkedHashMap<>();
        for (Key key : DECLARED.get(record.getClass())) {
            Object value = values.get(key.component);
            if (value != null || key.setting.auto()) {
                shown.put(key.name, value == null ? "auto" : value);
            }
        }
        return shown;
    }
}
