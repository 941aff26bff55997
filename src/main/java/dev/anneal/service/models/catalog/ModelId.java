package dev.anneal.service.models.catalog;

import java.util.List;
import java.util.regex.Pattern;

/** Which names a base model can have. A name is a folder's name, so nothing that leads elsewhere is one. */
public final class ModelId {

    private static final String SEGMENT = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
    private static final Pattern PATTERN = Pattern.compile(SEGMENT + "(/" + SEGMENT + ")?");

    private ModelId() {}

    static boolean isValid(String id) {
        return PATTERN.matcher(id).matches();
    }

    /** Whether the operator allows the id by one of {@code patterns}. */
    public static boolean isAllowed(String id, List<String> patterns) {
        return patterns.stream().anyMatch(pattern -> {
            String[] literals = pattern.strip().split("\\*", -1);
            StringBuilder expression = new StringBuilder(Pattern.quote(literals[0]));
            for (int i = 1; i < literals.length; i++) {
                expression.append(".*").append(Pattern.quote(literals[i]));
            }
            return id.matches(expression.toString());
        });
    }
}
