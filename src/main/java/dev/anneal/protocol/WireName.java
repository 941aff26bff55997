package dev.anneal.protocol;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** An enum whose constants clients, reports and files know by other names than Java: by the same in lower case, unless it says otherwise. */
public interface WireName {

    /** The constant's as Java has it. */
    String name();

    /** The constant's as everybody else has it. */
    default String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** That of a constant whose enum is known by Java's names as well. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** The constant of a name. */
    static <E extends WireName> Optional<E> find(Class<E> type, String wireName) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.wireName().equals(wireName))
                .findFirst();
    }

    /** The names of all constants in one sentence: {@code relu, silu, gelu}. */
    static String list(Class<? extends WireName> type) {
        return Arrays.stream(type.getEnumConstants()).map(WireName::wireName).collect(Collectors.joining(", "));
    }
}
