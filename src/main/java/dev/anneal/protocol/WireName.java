package dev.anneal.protocol;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** An enum whose constants have names in the API, reports and files: by default the Java name in lower case. */
public interface WireName {

    /** The Java name. */
    String name();

    /** The name in the API, reports and files. */
    default String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The Java name in lower case, of an enum that is also written by its Java names. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** The constant with this wire name; empty if there is none. */
    static <E extends WireName> Optional<E> find(Class<E> type, String wireName) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.wireName().equals(wireName))
                .findFirst();
    }

    /** The wire names of all constants, separated by commas. */
    static String list(Class<? extends WireName> type) {
        return Arrays.stream(type.getEnumConstants()).map(WireName::wireName).collect(Collectors.joining(", "));
    }
}
