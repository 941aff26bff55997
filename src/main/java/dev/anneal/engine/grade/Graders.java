package dev.anneal.engine.grade;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads grader objects of OpenAI's API. */
public final class Graders {

    /** Reads one type of grader object. */
    private interface Reader {
        Grader read(GraderObject object, String name);
    }

    private static final Map<String, Reader> READERS = new LinkedHashMap<>();

    static {
        READERS.put(TextGraders.STRING_CHECK, TextGraders::stringCheck);
        READERS.put(TextGraders.TEXT_SIMILARITY, TextGraders::textSimilarity);
        READERS.put(ModelGraders.SCORE_MODEL, ModelGraders::scoreModel);
        READERS.put(ModelGraders.LABEL_MODEL, ModelGraders::labelModel);
        READERS.put(EndpointGrader.TYPE, EndpointGrader::read);
        READERS.put(Multi.TYPE, Multi::read);
    }

    private static final int LONGEST_NAME = 64;

    private Graders() {}

    /**
     * Reads a grader strictly: every key known, of the right type and in range.
     *
     * @param json parsed JSON: maps, lists, strings, numbers, booleans and null
     * @param path path of the grader in the request, such as {@code method.reinforcement.grader}
     * @throws GraderException if it is invalid
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
                    ("becomes part of the names of metrics, so it must have at most %d characters, none of them a"
                                    + " comma, a quote or a control character")
                            .formatted(LONGEST_NAME),
                    name);
        }
        if (type.equals("python")) {
            throw GraderException.notSupported(
                    object.param("type"),
                    "is 'python', and this service runs no code of its clients: use string_check, text_similarity"
                            + " or multi with a formula, or run the code behind a URL of your own, as an 'endpoint'");
        }
        @Nullable Reader reader = READERS.get(type);
        if (reader == null) {
            throw object.invalid("type", "must be one of " + String.join(", ", READERS.keySet()), type);
        }
        Grader grader = reader.read(object, name);
        object.refuseOthers();
        return grader;
    }
}
