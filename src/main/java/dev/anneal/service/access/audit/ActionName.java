package dev.anneal.service.access.audit;

import java.util.List;
import java.util.Map;

/**
 * Names the action of a route as OpenAI's audit log does, if it has a name for it: {@code project.created},
 * {@code file.deleted}.
 */
final class ActionName {

    private static final Map<String, String> VERBS = Map.ofEntries(
            Map.entry("archive", "archived"),
            Map.entry("cancel", "cancelled"),
            Map.entry("complete", "completed"),
            Map.entry("merge", "merged"),
            Map.entry("pause", "paused"),
            Map.entry("push", "pushed"),
            Map.entry("replay", "replayed"),
            Map.entry("resume", "resumed"),
            Map.entry("rotate_secret", "secret_rotated"),
            Map.entry("run", "run"),
            Map.entry("test", "tested"),
            Map.entry("validate", "validated"));

    /** OpenAI's nouns where they differ from the path. */
    private static final Map<String, String> NOUNS =
            Map.of("admin_api_key", "api_key", "permission", "checkpoint.permission", "deliverie", "delivery");

    private ActionName() {}

    /** @param pattern path with its variables in braces */
    static String of(String method, String pattern) {
        List<String> words = List.of(pattern.substring(1).split("/", -1));
        String last = words.get(words.size() - 1);
        if (VERBS.containsKey(last)) {
            return noun(words.subList(0, words.size() - 1)) + "." + VERBS.get(last);
        }
        return noun(words) + "." + verb(method, last);
    }

    private static String verb(String method, String last) {
        return switch (method) {
            case "DELETE" -> "deleted";
            case "GET", "HEAD" -> "read";
            // A POST to a collection creates; to a singleton it changes.
            default -> isVariable(last) || !last.endsWith("s") ? "updated" : "created";
        };
    }

    /** The last word that is not a variable, in the singular. */
    private static String noun(List<String> words) {
        for (int i = words.size() - 1; i >= 0; i--) {
            String word = words.get(i);
            if (!isVariable(word)) {
                String one = word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
                return NOUNS.getOrDefault(one, one);
            }
        }
        return "request";
    }

    private static boolean isVariable(String word) {
        return word.startsWith("{");
    }
}
