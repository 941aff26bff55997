package dev.anneal.service.models.hub;

import java.util.List;
import java.util.regex.Pattern;
import org.springframework.util.PatternMatchUtils;

/** Names of base models. A name is used as a folder's name, so it cannot lead out of its folder. */
public final class ModelId {

    private static final String SEGMENT = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
    private static final Pattern PATTERN = Pattern.compile(SEGMENT + "(/" + SEGMENT + ")?");

    private ModelId() {}

    public static boolean isValid(String id) {
        return PATTERN.matcher(id).matches();
    }

    /** Whether the operator allows the id by one of {@code patterns}. */
    public static boolean isAllowed(String id, List<String> patterns) {
        return patterns.stream().anyMatch(pattern -> PatternMatchUtils.simpleMatch(pattern.strip(), id));
    }
}
