package dev.anneal.service.jobapi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A grader as the job shows it: what is sent along with requests to an endpoint may be a secret and is hidden. */
final class GraderBody {

    private static final String HIDDEN = "(hidden)";

    private GraderBody() {}

    static @Nullable Object of(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(GraderBody::of).toList();
        }
        if (!(value instanceof Map<?, ?> map)) {
            return value;
        }
        Map<Object, @Nullable Object> shown = new LinkedHashMap<>();
        map.forEach((key, each) -> shown.put(
                key, "headers".equals(key) && each instanceof Map<?, ?> headers ? hidden(headers) : of(each)));
        return shown;
    }

    private static Map<Object, Object> hidden(Map<?, ?> headers) {
        Map<Object, Object> shown = new LinkedHashMap<>();
        headers.keySet().forEach(name -> shown.put(name, HIDDEN));
        return shown;
    }
}
