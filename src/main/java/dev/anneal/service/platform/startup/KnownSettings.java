package dev.anneal.service.platform.startup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;
import org.springframework.util.ClassUtils;

/**
 * All {@code anneal.*} settings that records declare, of every role.
 *
 * <p>Names are compared as Spring binds them: case, dashes and underscores are ignored, and {@code []} stands for any
 * element of a list.
 */
final class KnownSettings {

    private static final String RECORDS = "classpath*:dev/anneal/service/**/*Properties.class";

    /** Read by {@code service.platform.role}, not by a record. */
    private static final String ROLES = "anneal.roles";

    private final List<Group> groups = new ArrayList<>();
    /** Names by their compared form. */
    private final Map<String, String> names = new TreeMap<>();
    /** Compared forms of settings that are maps with any keys. */
    private final Set<String> maps = new TreeSet<>();

    private KnownSettings() {}

    /**
     * A record of settings.
     *
     * @param prefix prefix of its settings' names
     */
    record Group(String prefix, Class<?> type) {}

    static KnownSettings load() {
        KnownSettings settings = new KnownSettings();
        settings.addList(ROLES);
        try {
            for (Resource file : new PathMatchingResourcePatternResolver().getResources(RECORDS)) {
                MetadataReader reader = new SimpleMetadataReaderFactory().getMetadataReader(file);
                if (reader.getAnnotationMetadata().hasAnnotation(ConfigurationProperties.class.getName())) {
                    settings.add(ClassUtils.resolveClassName(
                            reader.getClassMetadata().getClassName(), null));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the program's own classes cannot be read", e);
        }
        return settings;
    }

    private void add(Class<?> type) {
        String prefix = Objects.requireNonNull(
                        AnnotatedElementUtils.getMergedAnnotation(type, ConfigurationProperties.class))
                .prefix();
        groups.add(new Group(prefix, type));
        addComponents(prefix, type);
    }

    private void addComponents(String prefix, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getType().isRecord()) {
                addComponents(name, component.getType());
            } else if (Map.class.isAssignableFrom(component.getType())) {
                names.put(compared(name), name);
                maps.add(compared(name));
            } else if (Collection.class.isAssignableFrom(component.getType())) {
                addList(name);
                if (elementOf(component) instanceof Class<?> element && element.isRecord()) {
                    addComponents(name + "[]", element);
                }
            } else {
                names.put(compared(name), name);
            }
        }
    }

    private void addList(String name) {
        names.put(compared(name), name);
        names.put(compared(name + "[]"), name + "[]");
    }

    private static Object elementOf(RecordComponent list) {
        return ((ParameterizedType) list.getGenericType()).getActualTypeArguments()[0];
    }

    List<Group> groups() {
        return Collections.unmodifiableList(groups);
    }

    /** Names as the documents spell them. */
    Collection<String> names() {
        return Collections.unmodifiableCollection(names.values());
    }

    boolean contains(String property) {
        String compared = compared(property);
        return names.containsKey(compared)
                || maps.stream().anyMatch(map -> compared.startsWith(map + ".") || compared.startsWith(map + "["));
    }

    private static String compared(String property) {
        return property.toLowerCase(Locale.ROOT).replaceAll("\\[\\d+]", "[]").replaceAll("[^a-z0-9.\\[\\]]", "");
    }

    /** Whether Spring reads a setting from the environment variable. */
    boolean containsVariable(String variable) {
        String read = variable.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_").replaceAll("_\\d+(?=_|$)", "[]");
        return names.values().stream()
                        .anyMatch(name -> read.equals(variableOf(name)) || read.equals(legacyVariableOf(name)))
                || maps.stream().anyMatch(map -> read.startsWith(variableOf(map) + "_"));
    }

    /** Environment variable of a setting: dots become underscores, dashes are removed. */
    static String variableOf(String name) {
        return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Spring also accepts underscores for dashes. */
    private static String legacyVariableOf(String name) {
        return variableOf(name.replace('-', '.'));
    }
}
