package dev.anneal.service.access.security;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Recognises this machine by name, without asking a resolver, which an attacker may control. */
final class LoopbackAddress {

    private static final Pattern NAMES =
            Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[?(::1|0:0:0:0:0:0:0:1)]?", Pattern.CASE_INSENSITIVE);

    private LoopbackAddress() {}

    static boolean isLoopbackName(@Nullable String host) {
        return host != null && NAMES.matcher(host).matches();
    }
}
