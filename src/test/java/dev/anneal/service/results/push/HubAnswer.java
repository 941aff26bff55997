package dev.anneal.service.results.push;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@link PushServer} answers.
 *
 * @param body null for none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HubAnswer(int status, Map<String, String> headers, byte @Nullable [] body) {

    private static final JsonMapper JSON = new JsonMapper();

    static HubAnswer status(int status) {
        return new HubAnswer(status, Map.of(), null);
    }

    static HubAnswer json(int status, Object body) {
        return new HubAnswer(status, Map.of("Content-Type", "application/json"), JSON.writeValueAsBytes(body));
    }

    /** The request is none that the Hub takes. */
    static final class Refused extends RuntimeException {

        private final int status;
        private final String code;

        private Refused(int status, String code, String message) {
            super(message);
            this.status = status;
            this.code = code;
        }

        HubAnswer answer() {
            HubAnswer plain = json(status, Map.of("error", String.valueOf(getMessage())));
            return code.isEmpty() ? plain : new HubAnswer(status, Map.of("X-Error-Code", code), plain.body());
        }
    }

    static Refused refused(int status, String code) {
        return new Refused(status, code, code);
    }

    static void require(boolean isRight, String rule) {
        if (!isRight) {
            throw new Refused(400, "", "the protocol wants " + rule);
        }
    }
}
