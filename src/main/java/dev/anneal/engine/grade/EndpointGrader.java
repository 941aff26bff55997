package dev.anneal.engine.grade;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code endpoint}: the score from a client's HTTP endpoint. */
final class EndpointGrader {

    static final String TYPE = "endpoint";
    static final String HEADERS = "headers";

    private static final int MAX_URL = 2_048;
    private static final int MOST_HEADERS = 16;
    private static final int MOST_A_SECOND = 1_000;
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7E]{0,1024}");

    /** Headers reserved for the connection and the signature. */
    private static final Pattern RESERVED = Pattern.compile(
            "connection|content-.*|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|via"
                    + "|webhook-.*");

    private EndpointGrader() {}

    static Grader read(GraderObject object, String name) {
        object.passThreshold();
        GradingQuestion.OfEndpoint open = new GradingQuestion.OfEndpoint(
                url(object), headers(object), object.wholeNumber("rate_limit", 1, MOST_A_SECOND), List.of());
        return new Grader(
                name,
                TYPE,
                List.of(),
                Map.of(),
                (samples, outside) ->
                        outside
                                .answers(open.about(
                                        samples.stream().map(Sample::completion).toList()))
                                .stream()
                                .map(answer -> grade(name, answer))
                                .toList());
    }

    private static String url(GraderObject object) {
        String text = object.requiredText("url");
        try {
            URI url = new URI(text);
            String scheme = url.getScheme();
            boolean isWeb = "https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme);
            if (isWeb
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getFragment() == null
                    && text.length() <= MAX_URL) {
                return text;
            }
        } catch (URISyntaxException e) {
            throw object.invalid("url", "must be a URL", text);
        }
        throw object.invalid(
                "url",
                "must be an http or https URL of at most " + MAX_URL
                        + " characters, without user, password and fragment",
                text);
    }

    private static Map<String, String> headers(GraderObject object) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!(object.value(HEADERS) instanceof Map<?, ?> given)) {
            object.object(HEADERS);
            return headers;
        }
        given.forEach((key, value) -> {
            String header = String.valueOf(key);
            if (!HEADER_NAME.matcher(header).matches()
                    || RESERVED.matcher(header.toLowerCase(Locale.ROOT)).matches()) {
                throw object.invalid(HEADERS, "must not hold a header of the connection or the signature", header);
            }
            if (!(value instanceof String text) || !HEADER_VALUE.matcher(text).matches()) {
                // The value may be a secret, so it is not shown.
                throw GraderException.invalid(
                        object.param(HEADERS) + "." + header,
                        "must be a string of at most 1024 printable ASCII characters");
            }
            headers.put(header, text);
        });
        if (headers.size() > MOST_HEADERS) {
            throw object.invalid(HEADERS, "must be at most " + MOST_HEADERS, headers.size());
        }
        return headers;
    }

    private static Grade grade(String name, GradingReply.Answer answer) {
        Double score = answer.score();
        if (score != null) {
            return Grade.of(name, score);
        }
        String failure = answer.failure();
        return Grade.none(new GradeError(
                ErrorFlag.UNRESPONSIVE_REWARD_ERROR, name, failure == null ? "the endpoint gave no score" : failure));
    }
}
