package dev.anneal.service.platform.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** A setting that nobody reads stops the start; whatever Spring reads is let through. #17 */
class UnknownSettingsTest {

    private static final Pattern VARIABLE = Pattern.compile("(?m)\\b(ANNEAL_[A-Z0-9_]+)\\b");

    private final KnownSettings known = KnownSettings.load();

    @Test
    void everyRecordOfSettingsIsKnown() {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));

        assertThat(known.groups().stream().map(group -> group.type().getName()))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(scanner.findCandidateComponents("dev.anneal.service").stream()
                        .map(candidate -> String.valueOf(candidate.getBeanClassName()))
                        .toList());
    }

    @Test
    void namesTheNearestSettingAndWhereTheUnknownOneStands() {
        assertThat(refusal(new SimpleCommandLinePropertySource("--anneal.queue.leaze=60s")))
                .contains("anneal.queue.leaze (command line): did you mean anneal.queue.lease?")
                .doesNotContain("60s");
    }

    @Test
    void namesTheVariableThatSpringReads() {
        assertThat(refusal(variables("ANNEAL_QUEUE_LEAZE")))
                .contains("ANNEAL_QUEUE_LEAZE (environment variable): did you mean ANNEAL_QUEUE_LEASE");
    }

    @Test
    void namesTheLineOfAFile() throws IOException {
        List<PropertySource<?>> file = new YamlPropertySourceLoader()
                .load(
                        "here",
                        new ByteArrayResource(
                                "anneal:\n  worker:\n    devises: cpu\n".getBytes(StandardCharsets.UTF_8),
                                "site.yaml"));

        assertThat(refusal(file.toArray(PropertySource<?>[]::new)))
                .contains("anneal.worker.devises")
                .contains("site.yaml")
                .contains("3:14")
                .contains("did you mean anneal.worker.devices");
    }

    @Test
    void namesAllThatAreUnknown() {
        assertThat(refusal(new SimpleCommandLinePropertySource("--anneal.hoem=a", "--anneal.quux.frobnicate=b")))
                .contains("anneal.hoem (command line): did you mean anneal.home")
                .contains("anneal.quux.frobnicate (command line)\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "anneal.queue.heartbeatInterval",
                "anneal.queue.heartbeat_interval",
                "anneal.api-keys[3]",
                "anneal.roles[0]",
                "anneal.oidc.issuers[1].tenant-claim",
                "anneal.engine.environment.LD_PRELOAD",
                "anneal.engine.environment[LD_PRELOAD]",
                "anneal.engine.malloc.top-pad",
                "anneal.test.fork",
                "spring.anneal"
            })
    void whatSpringBindsIsKnown(String property) {
        assertThatCode(() -> check(new MapPropertySource("file", Map.of(property, "1"))))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"anneal.oidc.issuers[1].tenant", "anneal.queue", "anneal.worker.name.first", "anneal.api.keys"})
    void whatSpringDoesNotBindIsNot(String property) {
        assertThat(refusal(new MapPropertySource("file", Map.of(property, "1"))))
                .contains(property);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ANNEAL_HOME",
                "ANNEAL_APIKEYS",
                "ANNEAL_API_KEYS",
                "ANNEAL_API_KEYS_0",
                "ANNEAL_OIDC_ISSUERS_0_URI",
                "ANNEAL_OIDC_ISSUERS_0_AUDIENCES_1",
                "ANNEAL_STORAGE_CACHE_MAX_SIZE",
                "ANNEAL_STORAGE_S3_PATHSTYLE",
                "ANNEAL_ENGINE_ENVIRONMENT_FOO",
                "anneal.queue.lease",
                "ANNEAL_PORT",
                "ANNEAL_URL",
                "ANNEAL_JAR",
                "ANNEAL_SERVICE_HOST",
                "ANNEAL_API_SERVICE_PORT_HTTP",
                "ANNEAL_API_PORT_8080_TCP_ADDR",
                "ANNEALED"
            })
    void whatSpringReadsOrOthersSetMayStandInTheEnvironment(String variable) {
        assertThatCode(() -> check(variables(variable))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ANNEAL_WORKER_MAX-IDEL", "ANNEAL_RATE_LIMITS_REQUESTSPERMINUTE", "ANNEAL_OIDC_ISSUERS_0_URL"})
    void whatSpringWouldNotReadMayNot(String variable) {
        assertThat(refusal(variables(variable))).contains(variable);
    }

    /** The chart's tests hold the names in rendered templates against the documents; here it is the program itself. */
    @Test
    void whatChartAndComposeSetIsKnown() throws IOException {
        Set<String> names = new TreeSet<>(variablesIn(Path.of("docker-compose.yml")));
        names.addAll(variablesIn(Path.of("Dockerfile")));
        names.addAll(variablesIn(Path.of("Dockerfile.cuda")));
        try (Stream<Path> files = Files.walk(Path.of("helm/anneal/templates"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                names.addAll(variablesIn(file));
            }
        }
        // Of the test's pod, an argument of an image's build, and the begin of an issuer's variables, whose number the
        // template fills in.
        names.removeAll(Set.of("ANNEAL_HOST", "ANNEAL_IMAGE", "ANNEAL_OIDC_ISSUERS_"));

        assertThat(names).hasSizeGreaterThan(30);
        assertThatCode(() -> check(variables(names.toArray(String[]::new)))).doesNotThrowAnyException();
    }

    @Test
    void theDefaultsOfTheJarAreKnown() throws IOException {
        List<PropertySource<?>> file = new YamlPropertySourceLoader()
                .load("jar", new FileSystemResource("src/main/resources/application.yaml"));

        assertThatCode(() -> check(file.toArray(PropertySource<?>[]::new))).doesNotThrowAnyException();
    }

    private static Set<String> variablesIn(Path file) throws IOException {
        Set<String> names = new TreeSet<>();
        VARIABLE.matcher(Files.readString(file)).results().forEach(found -> names.add(found.group(1)));
        return names;
    }

    private static SystemEnvironmentPropertySource variables(String... names) {
        return new SystemEnvironmentPropertySource(
                "systemEnvironment",
                Stream.of(names).collect(java.util.stream.Collectors.toMap(name -> name, name -> "a value")));
    }

    private String refusal(PropertySource<?>... sources) {
        StringBuilder said = new StringBuilder();
        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> check(sources))
                .satisfies(refused -> said.append(refused.getMessage()).append('\n'));
        return said.toString();
    }

    private void check(PropertySource<?>... sources) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        for (PropertySource<?> source : sources) {
            environment.getPropertySources().addFirst(source);
        }
        new UnknownSettings(known).refuse(environment);
    }
}
