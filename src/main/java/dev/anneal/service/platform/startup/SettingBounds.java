package dev.anneal.service.platform.startup;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.unit.DataSize;

/** Rules for every duration and size, in addition to those of its record. */
final class SettingBounds {

    /** Marks durations after which something is repeated, which must not be 0. */
    private static final String REPEATED = "interval";

    private SettingBounds() {}

    /**
     * @param rule the violated rule, in words that follow "but"
     */
    record Fault(String setting, String rule) {}

    static Optional<Fault> faultIn(String prefix, Object values) {
        return Stream.of(values.getClass().getRecordComponents())
                .flatMap(component -> faultIn(prefix, values, component).stream())
                .findFirst();
    }

    private static Optional<Fault> faultIn(String prefix, Object values, RecordComponent component) {
        String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
        @Nullable Object value = value(values, component.getAccessor());
        if (value instanceof Record nested) {
            return faultIn(name, nested);
        }
        List<?> all =
                value instanceof List<?> list ? list : Stream.ofNullable(value).toList();
        if (all.stream().anyMatch(SettingBounds::isNegative)) {
            return Optional.of(new Fault(name, "must not be negative"));
        }
        return name.endsWith(REPEATED) && Objects.equals(value, Duration.ZERO)
                ? Optional.of(new Fault(name, "must be longer than 0"))
                : Optional.empty();
    }

    private static boolean isNegative(Object value) {
        return (value instanceof Duration duration && duration.isNegative())
                || (value instanceof DataSize size && size.isNegative());
    }

    private static @Nullable Object value(Object values, Method accessor) {
        ReflectionUtils.makeAccessible(accessor);
        return ReflectionUtils.invokeMethod(accessor, values);
    }
}
