package dev.anneal.service.platform.startup;

import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.PropertySource;

/** Describes for operators where a setting was given. */
final class SettingOrigins {

    private SettingOrigins() {}

    static String of(PropertySource<?> source, String name) {
        return words(
                source.getName(),
                () -> Objects.requireNonNullElse(OriginLookup.getOrigin(source, name), source.getName()));
    }

    static String of(Origin origin) {
        return origin instanceof PropertySourceOrigin given
                ? words(
                        given.getPropertySource().getName(),
                        () -> Objects.requireNonNullElse(
                                given.getOrigin(), given.getPropertySource().getName()))
                : origin.toString();
    }

    private static String words(String source, Supplier<Object> more) {
        return switch (source) {
            case "commandLineArgs" -> "command line";
            case "systemEnvironment" -> "environment variable";
            case "systemProperties" -> "system property";
            default -> more.get().toString();
        };
    }
}
