package dev.anneal.cli.command;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** How values of the API are written for people. */
final class Texts {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private Texts() {}

    /** A text, or the empty text for null and what is missing. */
    static String text(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "" : value.asString();
    }

    static String time(JsonNode seconds) {
        return seconds.isNumber() ? TIME.format(Instant.ofEpochSecond(seconds.asLong())) : "";
    }

    static String bytes(long count) {
        if (count < 1000) {
            return count + " B";
        }
        int power = (int) (Math.log10((double) count) / 3);
        return String.format(Locale.ROOT, "%.3g %sB", (double) count / Math.pow(1000, power), "kMGT".charAt(power - 1));
    }

    static String duration(JsonNode seconds) {
        if (!seconds.isNumber()) {
            return "";
        }
        Duration time = Duration.ofSeconds(Math.round(seconds.asDouble()));
        return time.toHours() > 0
                ? "%d h %d min".formatted(time.toHours(), time.toMinutesPart())
                : time.toMinutes() > 0
                        ? "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart())
                        : time.toSeconds() + " s";
    }

    /** Four significant digits. */
    static String figure(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.4g", value.asDouble()) : "";
    }
}
