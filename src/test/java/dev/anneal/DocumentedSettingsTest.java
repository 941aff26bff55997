package dev.anneal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/**
 * The tables of settings in the documents list every property of every module with the default that the code has, and
 * no other.
 */
class DocumentedSettingsTest {

    private static final Pattern ROW = Pattern.compile("\\| `(anneal\\.[a-z0-9.-]+)` \\| (`([^`]*)`|[^|]*) \\| .+ \\|");

    /**
     * Properties without a default in their record: given in application.yaml, or absent. The tables say so in words.
     */
    private static final String IN_WORDS = "";

    private static final List<String> DOCUMENTS = List.of("docs/settings.md", "docs/inference.md");

    @Test
    void tablesListEveryPropertyWithItsDefault() throws Exception {
        assertThat(documented()).containsExactlyInAnyOrderEntriesOf(declared());
    }

    private static Map<String, String> documented() throws IOException {
        Map<String, String> settings = new TreeMap<>();
        for (String document : DOCUMENTS) {
            for (String line : Files.readAllLines(Path.of(document))) {
                Matcher row = ROW.matcher(line);
                if (row.matches() && !row.group(1).equals("anneal.roles")) {
                    settings.put(row.group(1), row.group(3) == null ? IN_WORDS : row.group(3));
                }
            }
        }
        return settings;
    }

    private static Map<String, String> declared() throws ClassNotFoundException {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        Map<String, String> settings = new TreeMap<>();
        for (var candidate : scanner.findCandidateComponents("dev.anneal.service")) {
            Class<?> type = ClassUtils.forName(String.valueOf(candidate.getBeanClassName()), null);
            add(settings, type.getAnnotation(ConfigurationProperties.class).value(), type);
        }
        return settings;
    }

    private static void add(Map<String, String> settings, String prefix, Class<?> properties) {
        for (RecordComponent component : properties.getRecordComponents()) {
            String key = prefix + "."
                    + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (component.getType().isRecord()) {
                add(settings, key, component.getType());
            } else {
                settings.put(key, defaultOf(properties, component));
            }
        }
    }

    /** The annotation stands on the canonical constructor's parameter, which a record component does not hand on. */
    private static String defaultOf(Class<?> properties, RecordComponent component) {
        RecordComponent[] components = properties.getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            DefaultValue value =
                    properties.getDeclaredConstructors()[0].getParameters()[i].getAnnotation(DefaultValue.class);
            if (components[i].getName().equals(component.getName()) && value != null) {
                return String.join(",", value.value());
            }
        }
        return IN_WORDS;
    }
}
