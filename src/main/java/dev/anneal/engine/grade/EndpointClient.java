package dev.anneal.engine.grade;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** HTTP endpoints that grade completions. Implementations are called by several threads; retries are theirs. */
@FunctionalInterface
public interface EndpointClient {

    /** @return a reply for each sample, in their order */
    List<Reply> score(Endpoint endpoint, List<Sample> samples);

    /**
     * Where to send completions.
     *
     * @param headers sent along with each request
     * @param ratePerSecond most requests a second; null for no limit
     */
    record Endpoint(
            URI url, Map<String, String> headers, @Nullable Integer ratePerSecond) {

        public Endpoint {
            headers = Map.copyOf(headers);
        }
    }

    /**
     * What became of one completion.
     *
     * @param score null if there is none
     * @param failure why there is none; null if there is one
     */
    record Reply(@Nullable Double score, @Nullable String failure) {

        public static Reply of(double score) {
            return new Reply(score, null);
        }

        public static Reply failed(String failure) {
            return new Reply(null, failure);
        }
    }
}
