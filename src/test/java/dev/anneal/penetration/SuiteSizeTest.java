package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The documents count the suite right, and name each of its classes. */
class SuiteSizeTest {

    private static final Pattern COUNT = Pattern.compile("(\\d+)\\s+penetration\\s+tests\\s+in\\s+(\\d+)\\s+classes");
    private static final Path SECURITY = Path.of("docs/security.md");

    @Test
    void theDocumentsCountTheSuiteRight() throws Exception {
        Map<String, Integer> suite = suite();
        int tests = suite.values().stream().mapToInt(Integer::intValue).sum();
        String words = tests + " penetration tests in " + suite.size() + " classes";

        assertThat(counts(SECURITY)).isNotEmpty();
        for (Path document : List.of(SECURITY, Path.of("README.md"))) {
            assertThat(counts(document)).as("%s says: %s", document, words).allMatch(words::equals);
        }
    }

    @Test
    void everyClassOfTheSuiteIsListed() throws Exception {
        String listed = Files.readString(SECURITY);

        assertThat(suite().keySet()).allSatisfy(name -> assertThat(listed).contains("`" + name + "`"));
    }

    private static List<String> counts(Path document) throws IOException {
        List<String> counts = new ArrayList<>();
        Matcher matcher = COUNT.matcher(Files.readString(document));
        while (matcher.find()) {
            counts.add(matcher.group(1) + " penetration tests in " + matcher.group(2) + " classes");
        }
        return counts;
    }

    /** Methods of the suite by the simple name of their class. */
    private static Map<String, Integer> suite() throws Exception {
        Map<String, Integer> suite = new TreeMap<>();
        for (Resource resource :
                new PathMatchingResourcePatternResolver().getResources("classpath*:dev/anneal/**/*.class")) {
            String file = String.valueOf(resource.getFilename());
            if (file.endsWith("Test.class") || file.endsWith("IT.class")) {
                String url = resource.getURL().toString();
                String name = url.substring(url.lastIndexOf("dev/anneal/"), url.length() - ".class".length());
                Class<?> type = Class.forName(name.replace('/', '.'), false, SuiteSizeTest.class.getClassLoader());
                int tests = tests(type);
                if (tests > 0) {
                    suite.put(type.getSimpleName(), tests);
                }
            }
        }
        return suite;
    }

    private static int tests(Class<?> type) {
        if (Modifier.isAbstract(type.getModifiers())) {
            return 0;
        }
        int tests = 0;
        for (Method method : type.getDeclaredMethods()) {
            boolean isTest =
                    method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
            boolean isAttack = AnnotatedElementUtils.hasAnnotation(type, Penetration.class)
                    || method.isAnnotationPresent(Penetration.class);
            tests += isTest && isAttack ? 1 : 0;
        }
        return tests;
    }
}
