package dev.anneal.engine.grade;

import dev.anneal.engine.grade.formula.Formula;
import dev.anneal.engine.grade.formula.FormulaException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code multi}: a formula of other graders' rewards. */
final class Multi implements Grader {

    static final String TYPE = "multi";

    private final String name;
    private final Map<String, Grader> graders;
    private final Formula formula;

    /** @param graders by their names in the formula */
    private Multi(String name, Map<String, Grader> graders, Formula formula) {
        this.name = name;
        this.graders = graders;
        this.formula = formula;
    }

    static Multi read(GraderObject object, String name) {
        Map<String, Grader> graders = PartGraders.read(object);
        String text = object.requiredText("calculate_output");
        try {
            return new Multi(name, graders, Formula.parse(text, graders.keySet()));
        } catch (FormulaException e) {
            throw GraderException.invalid(object.param("calculate_output"), e.explanation());
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<ItemVariable> itemVariables() {
        return graders.values().stream()
                .flatMap(grader -> grader.itemVariables().stream())
                .toList();
    }

    @Override
    public Map<String, String> judges() {
        Map<String, String> judges = new LinkedHashMap<>();
        graders.values().forEach(grader -> grader.judges().forEach(judges::putIfAbsent));
        return judges;
    }

    @Override
    public Set<EndpointClient.Endpoint> endpoints() {
        return graders.values().stream()
                .flatMap(grader -> grader.endpoints().stream())
                .collect(Collectors.toSet());
    }

    @Override
    public List<Grade> grade(List<Sample> samples, Outside outside) {
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

    /** Without a verdict of a grader that the formula names there is none at all. */
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
