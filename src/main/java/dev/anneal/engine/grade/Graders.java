package dev.anneal.engine.grade;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads grader objects of OpenAI's API. */
public final class Graders {

    private static final String KINDS = String.join(
            ", ",
            StringCheck.TYPE,
            TextSimilarity.TYPE,
            ScoreModel.TYPE,
            LabelModel.TYPE,
            EndpointGrader.TYPE,
            Multi.TYPE);

    private static final int LONGEST_NAME = 64;

    private Graders() {}

    /**
     * Reads a grader strictly: every key known, of the right type and in range.
     *
     * @param json as parsed from JSON: maps, lists, strings, numbers, booleans and null
     * @param path where the grader stands in the request, such as {@code method.reinforcement.grader}
     * @throws GraderException if it cannot be used
     */
    public static Grader parse(Map<String, ? extends @Nullable Object> json, String path) {
        return read(new GraderObject(path, json));
    }

    static Grader read(GraderObject object) {
        String type = object.requiredText("type");
        String given = object.text("name");
        String name = given == null ? type : given;
        if (name.length() > LONGEST_NAME || name.chars().anyMatch(c -> c < ' ' || c == ',' || c == '"')) {
            throw object.invalid(
                    "name",
                    "becomes part of the names of metrics, so it must have at most %d characters, none of them a comma, a quote or a control character"
                            .formatted(LONGEST_NAME),
                    name);
        }
        Grader grader = switch (type) {
            case StringCheck.TYPE -> StringCheck.read(object, name);
            case TextSimilarity.TYPE -> TextSimilarity.read(object, name);
            case ScoreModel.TYPE -> ScoreModel.read(object, name);
            case LabelModel.TYPE -> LabelModel.read(object, name);
            case EndpointGrader.TYPE -> EndpointGrader.read(object, name);
            case Multi.TYPE -> Multi.read(object, name);
            case "python" ->
                throw GraderException.notSupported(
                        object.param("type"),
                        "is 'python', and this service runs no code of its clients: use string_check, text_similarity"
                                + " or multi with a formula, or run the code behind a URL of your own, as an 'endpoint'");
            default -> throw object.invalid("type", "must be one of " + KINDS, type);
        };
        object.refuseOthers();
        return grader;
    }
}
