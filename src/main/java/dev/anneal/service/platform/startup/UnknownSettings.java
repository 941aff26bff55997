package dev.anneal.service.platform.startup;

import dev.anneal.engine.text.spelling.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Finds unknown settings below {@code anneal} from any source. It does not show their values, which may be secrets. */
final class UnknownSettings {

    private static final Pattern OURS = Pattern.compile("(?i)anneal\\..+");
    private static final Pattern OUR_VARIABLE = Pattern.compile("(?i)anneal[_.].+");

    /** System properties of the build's own tests. */
    private static final Pattern OF_TESTS = Pattern.compile("anneal\\.test\\..+");

    /**
     * Variables that a shell may have exported for others: the command's address and jar, and those in {@code .env} for
     * other services of {@code docker-compose.yml}. The command's {@code ANNEAL_API_KEY} is refused, because it may be
     * a misspelt {@code ANNEAL_API_KEYS}.
     */
    private static final Set<String> OF_OTHERS = Set.of(
            "ANNEAL_URL",
            "ANNEAL_JAR",
            "ANNEAL_DATABASE_PASSWORD",
            "ANNEAL_OWNER_PASSWORD",
            "ANNEAL_VIEWER_PASSWORD",
            "ANNEAL_PORT",
            "ANNEAL_MANAGEMENT_PORT");

    /**
     * Kubernetes puts the addresses of a namespace's services into its pods, and ours may be named {@code anneal...}.
     */
    private static final Pattern OF_KUBERNETES = Pattern.compile("ANNEAL_([A-Z0-9_]+_)?"
            + "(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

    private static final int SUGGESTIONS = 2;

    private final KnownSettings known;

    UnknownSettings(KnownSettings known) {
        this.known = known;
    }

    /**
     * @throws StartRefusedException if there are any, naming all of them
     */
    void refuse(ConfigurableEnvironment environment) {
        List<String> lines = new ArrayList<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof SystemEnvironmentPropertySource variables) {
                for (String name : variables.getPropertyNames()) {
                    if (OUR_VARIABLE.matcher(name).matches() && !isForeign(name) && !known.containsVariable(name)) {
                        lines.add(line(name, source, nearest(name, true)));
                    }
                }
            } else if (source instanceof EnumerablePropertySource<?> properties) {
                for (String name : properties.getPropertyNames()) {
                    if (OURS.matcher(name).matches() && !OF_TESTS.matcher(name).matches() && !known.contains(name)) {
                        lines.add(line(name, source, nearest(name, false)));
                    }
                }
            }
        }
        if (!lines.isEmpty()) {
            throw new StartRefusedException(
                    "Anneal does not have these settings:"
                            + lines.stream().sorted().collect(Collectors.joining()),
                    "Correct or remove them, and start again. docs/settings.md and docs/inference.md list every"
                            + " setting.");
        }
    }

    private static boolean isForeign(String variable) {
        return OF_OTHERS.contains(variable) || OF_KUBERNETES.matcher(variable).matches();
    }

    private static String line(String name, PropertySource<?> source, List<String> nearest) {
        return "\n    %s (%s)%s"
                .formatted(
                        name,
                        SettingOrigins.of(source, name),
                        nearest.isEmpty() ? "" : ": did you mean " + String.join(" or ", nearest) + "?");
    }

    private List<String> nearest(String name, boolean isVariable) {
        String wanted = letters(name);
        Map<String, String> names = new LinkedHashMap<>();
        known.names().stream().filter(each -> !each.endsWith("[]")).forEach(each -> names.put(letters(each), each));
        return Spelling.nearest(wanted, names.keySet(), SUGGESTIONS).stream()
                .map(names::get)
                .map(each -> isVariable ? KnownSettings.variableOf(each).replace("[]", "_0") : each)
                .toList();
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }
}
