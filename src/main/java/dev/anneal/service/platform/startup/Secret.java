package dev.anneal.service.platform.startup;

import java.util.regex.Pattern;

/** Knows the settings whose values must not appear in a log. */
final class Secret {

    private static final Pattern NAMES = Pattern.compile("(?i).*(key|keys|token|secret|password)(\\[\\d*])?");

    private Secret() {}

    static boolean isIn(String name) {
        return NAMES.matcher(name).matches();
    }
}
