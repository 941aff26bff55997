package dev.anneal.engine.grade;

import dev.anneal.engine.grade.formula.Formula;
import dev.anneal.engine.grade.formula.FormulaException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code multi}: a formula of other graders' rewards. */
final class Multi {

    static final String TYPE = "multi";
    static final int MOST_PARTS = 32;

    private static final String GRADERS = "graders";

    private final String name;
    private final Map<String, Grader> graders;
    private final Formula formula;

    /** @param graders by their names in the formula */
    private Multi(String name, Map<String, Grader> graders, Formula formula) {
        this.name = name;
        this.graders = graders;
        this.formula = formula;
    }

    static Grader read(GraderObject object, String name) {
        Map<String, Grader> graders = parts(object);
        String text = object.requiredText("calculate_output");
        Multi multi;
        try {
            multi = new Multi(name, graders, Formula.parse(text, graders.keySet()));
        } catch (FormulaException e) {
            throw GraderException.invalid(object.param("calculate_output"), e.explanation());
        }
        Map<String, String> judges = new LinkedHashMap<>();
        graders.values().forEach(grader -> grader.judges().forEach(judges::putIfAbsent));
        List<ItemVariable> variables = graders.values().stream()
                .flatMap(grader -> grader.itemVariables().stream())
                .toList();
        return new Grader(name, TYPE, variables, judges, multi::grade);
    }

    /**
     * {@code graders} may be an object by name, a list, or a single grader, as in the SDKs' types, the guides and the
     * specification's example.
     */
    private static Map<String, Grader> parts(GraderObject multi) {
        Object value = multi.required(GRADERS, "an object of graders by name, or a list of graders");
        Map<String, Grader> graders = new LinkedHashMap<>();
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                String path = multi.param(GRADERS) + "[" + i + "]";
                add(graders, path, GraderObject.of(path, list.get(i)), null);
            }
        } else if (value instanceof Map<?, ?> map && !(map.get("type") instanceof String)) {
            map.forEach((name, grader) -> {
                String path = multi.param(GRADERS) + "." + name;
                add(graders, path, GraderObject.of(path, grader), String.valueOf(name));
            });
        } else {
            add(graders, multi.param(GRADERS), GraderObject.of(multi.param(GRADERS), value), null);
        }
        if (graders.isEmpty() || graders.size() > MOST_PARTS) {
            throw GraderException.invalid(
                    multi.param(GRADERS), "must hold 1 to " + MOST_PARTS + " graders, but holds " + graders.size());
        }
        return graders;
    }

    /** @param key name in an object of graders; null takes the grader's own */
    private static void add(Map<String, Grader> graders, String path, GraderObject object, @Nullable String key) {
        String name = key == null ? object.requiredText("name") : key;
        if (!Formula.isName(name)) {
            throw GraderException.invalid(
                    key == null ? object.param("name") : path,
                    "is a variable of calculate_output, so it must be a letter or '_', then letters, digits and '_',"
                            + " but is "
                            + GraderObject.shown(name));
        }
        if (TYPE.equals(object.value("type"))) {
            throw GraderException.invalid(
                    object.param("type"), "is 'multi' within a 'multi'; put its graders into the outer one");
        }
        if (graders.put(name, Graders.read(object)) != null) {
            throw GraderException.invalid(
                    path, "has the name '" + name + "' of another grader; give it one of its own");
        }
    }

    private List<Grade> grade(List<Sample> samples, ExternalGraders outside) {
        Map<String, List<Grade>> parts = new LinkedHashMap<>();
        graders.forEach((part, grader) -> parts.put(part, grader.grade(samples, outside)));
        List<Grade> grades = new ArrayList<>(samples.size());
        for (int i = 0; i < samples.size(); i++) {
            int sample = i;
            Map<String, Grade> ofSample = new LinkedHashMap<>();
            parts.forEach((part, all) -> ofSample.put(part, all.get(sample)));
            grades.add(combine(ofSample));
        }
        return grades;
    }

    /** Fails if a grader of the formula has no reward. */
    private Grade combine(Map<String, Grade> parts) {
        Map<String, @Nullable Double> rewards = new LinkedHashMap<>();
        Map<String, Double> known = new HashMap<>();
        Map<String, Long> tokens = new HashMap<>();
        List<GradeError> errors = new ArrayList<>();
        parts.forEach((part, grade) -> {
            Double reward = grade.reward();
            rewards.put(part, reward);
            if (reward != null) {
                known.put(part, reward);
            }
            errors.addAll(grade.errors());
            grade.judgeTokens().forEach((model, count) -> tokens.merge(model, count, Long::sum));
        });
        Grade grade = new Grade(null, rewards, errors, tokens);
        return known.keySet().containsAll(formula.variables()) ? grade.withReward(name, formula.value(known)) : grade;
    }
}
