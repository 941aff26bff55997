package dev.anneal.engine.grade;

import dev.anneal.engine.grade.formula.Formula;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code graders} of a {@code multi}: an object of them by name, a list, or a single one, as the SDKs' types, the guides and the specification's example have it. */
final class PartGraders {

    static final int MOST = 32;

    private static final String KEY = "graders";

    private PartGraders() {}

    static Map<String, Grader> read(GraderObject multi) {
        Object value = multi.required(KEY, "an object of graders by name, or a list of graders");
        Map<String, Grader> graders = new LinkedHashMap<>();
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                String path = multi.param(KEY) + "[" + i + "]";
                add(graders, path, GraderObject.of(path, list.get(i)), null);
            }
        } else if (value instanceof Map<?, ?> map && !(map.get("type") instanceof String)) {
            map.forEach((name, grader) -> {
                String path = multi.param(KEY) + "." + name;
                add(graders, path, GraderObject.of(path, grader), String.valueOf(name));
            });
        } else {
            add(graders, multi.param(KEY), GraderObject.of(multi.param(KEY), value), null);
        }
        if (graders.isEmpty() || graders.size() > MOST) {
            throw GraderException.invalid(
                    multi.param(KEY), "must hold 1 to " + MOST + " graders, but holds " + graders.size());
        }
        return Collections.unmodifiableMap(graders);
    }

    /** @param key name in an object of graders; null takes the grader's own */
    private static void add(Map<String, Grader> graders, String path, GraderObject object, @Nullable String key) {
        String name = key == null ? object.requiredText("name") : key;
        if (!Formula.isName(name)) {
            throw GraderException.invalid(
                    key == null ? object.param("name") : path,
                    "is a variable of calculate_output, so it must be a letter or '_', then letters, digits and '_', but is "
                            + GraderObject.shown(name));
        }
        if (Multi.TYPE.equals(object.value("type"))) {
            throw GraderException.invalid(
                    object.param("type"), "is 'multi' within a 'multi'; put its graders into the outer one");
        }
        if (graders.put(name, Graders.read(object)) != null) {
            throw GraderException.invalid(
                    path, "has the name '" + name + "' of another grader; give it one of its own");
        }
    }
}
