package dev.anneal.service.training.http;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.job.JobFilter;
import dev.anneal.service.training.job.MetadataFilter;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.WebRequest;

/**
 * Reads the filters of a list of jobs: {@code status} any number of times, {@code method}, {@code model},
 * {@code search} and {@code metadata}.
 */
final class JobParameters {

    private static final int LONGEST_SEARCH = 200;

    private JobParameters() {}

    /** @throws Refusal {@code invalid_value} */
    static JobFilter filter(WebRequest request) {
        return new JobFilter(
                states(request), method(request), given(request, "model"), words(request), metadata(request));
    }

    private static Set<WorkState> states(WebRequest request) {
        Set<WorkState> states = EnumSet.noneOf(WorkState.class);
        for (String status : Objects.requireNonNullElse(request.getParameterValues("status"), new String[0])) {
            if (!status.isEmpty()) {
                states.add(JobStates.named(status).orElseThrow(() -> unknown("status", JobStates.names(), status)));
            }
        }
        return states;
    }

    private static @Nullable String method(WebRequest request) {
        String method = given(request, "method");
        if (method != null && !TrainingMethods.NAMES.contains(method)) {
            throw unknown("method", TrainingMethods.NAMES, method);
        }
        return method;
    }

    private static Refusal unknown(String parameter, List<String> known, String value) {
        return Refusal.invalidValue(
                parameter,
                "'" + parameter + "' must be one of " + String.join(", ", known) + " but is '" + value + "'");
    }

    private static List<String> words(WebRequest request) {
        String search = given(request, "search");
        if (search == null) {
            return List.of();
        }
        if (search.length() > LONGEST_SEARCH) {
            throw Refusal.invalidValue(
                    "search",
                    "'search' must have at most " + LONGEST_SEARCH + " characters but has " + search.length());
        }
        return Stream.of(search.strip().split("\\s+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Reads {@code metadata[key]=value} and {@code metadata=null}. */
    private static MetadataFilter metadata(WebRequest request) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (Iterator<String> names = request.getParameterNames(); names.hasNext(); ) {
            String name = names.next();
            String value = request.getParameter(name);
            if (value != null && name.startsWith("metadata[") && name.endsWith("]")) {
                pairs.put(name.substring("metadata[".length(), name.length() - 1), value);
            }
        }
        return new MetadataFilter(pairs, "null".equals(request.getParameter("metadata")));
    }

    /** The parameter's value; null if it is absent or empty. */
    private static @Nullable String given(WebRequest request, String name) {
        String value = request.getParameter(name);
        return value == null || value.isEmpty() ? null : value;
    }
}
