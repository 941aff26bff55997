package dev.anneal;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.asm.ClassReader;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/**
 * The SQL of a district names its own tables only, and views of any district: what others may read across all tenants,
 * a district publishes as a view, whose columns it keeps when it changes its tables. The migration
 * {@code V…__DISTRICT.sql} that creates a table or view says whose it is; only its own district writes to either. SQL is
 * read from the string constants of the compiled classes.
 */
class TableOwnersTest {

    private static final PathMatchingResourcePatternResolver RESOURCES = new PathMatchingResourcePatternResolver();

    private static final Pattern CREATION = Pattern.compile("(?m)^CREATE (TABLE|VIEW) (\\w+)");
    /** What FROM names, up to the next clause or the end of a subquery. */
    private static final Pattern SOURCES = Pattern.compile(
            "\\b(?:FROM|USING)\\s+([^()]*?)(?=$|[();]|\\b(?:WHERE|JOIN|LEFT|GROUP|ORDER|LIMIT|FOR|RETURNING|UNION|ON|SET)\\b)");

    private static final Pattern TARGET = Pattern.compile("\\b(?:JOIN|INTO|UPDATE|TABLE|ONLY)\\s+(\\w+)\\b");
    private static final Pattern WRITTEN =
            Pattern.compile("\\b(?:INTO|(?<!FOR |KEY |DO )UPDATE|DELETE FROM)\\s+(\\w+)\\b");
    private static final Pattern SQL = Pattern.compile("\\b(?:SELECT|INSERT INTO|UPDATE|DELETE|FROM|JOIN)\\b");
    private static final int STRING_CONSTANT = 8;

    /** The district of each table and view. */
    private static final Map<String, String> OWNERS = owners("TABLE|VIEW");

    private static final Set<String> VIEWS = owners("VIEW").keySet();

    /**
     * Why a district's SQL reads a table of a district below it, rather than that one's. None writes what is not its
     * own.
     */
    private static final Map<String, String> EXCEPTIONS = Map.ofEntries(
            Map.entry("queue reads tenant_quota", "a claim and the limit of running jobs are one statement"),
            Map.entry("training reads work", "the status of a job is the state of its work item"),
            Map.entry("results reads work", "the status of an export or evaluation is the state of its work item"),
            Map.entry("results reads job", "exports and evaluations are listed with the job they came from"),
            Map.entry(
                    "results reads checkpoint",
                    "exports and evaluations are listed with the checkpoint they came from"));

    /** A table that a district names in a class. */
    private record Use(String district, String table, String type) {

        String exception() {
            return district + " reads " + table;
        }
    }

    @Test
    void readsTablesOfAnotherDistrictOnlyWithAReason() {
        Map<String, Set<String>> foreign = foreign(TableOwnersTest::named)
                .filter(use -> !VIEWS.contains(use.table()))
                .collect(groupingBy(Use::exception, TreeMap::new, mapping(Use::type, toSet())));

        assertThat(foreign.keySet())
                .as("foreign tables, by where they are named: %s", foreign)
                .isEqualTo(EXCEPTIONS.keySet());
    }

    @Test
    void writesOnlyItsOwnTables() {
        assertThat(foreign(TableOwnersTest::written)).isEmpty();
    }

    @Test
    void entitiesAreRowsOfTheirDistrictsTables() throws ClassNotFoundException {
        ClassPathScanningCandidateComponentProvider scan = new ClassPathScanningCandidateComponentProvider(false);
        scan.addIncludeFilter(new AnnotationTypeFilter(Entity.class));
        Set<BeanDefinition> entities = scan.findCandidateComponents("dev.anneal.service");
        assertThat(entities).isNotEmpty();
        for (BeanDefinition entity : entities) {
            Class<?> type = Class.forName(entity.getBeanClassName());
            assertThat(OWNERS.get(type.getAnnotation(Table.class).name()))
                    .as("owner of the table of %s", type.getName())
                    .isEqualTo(type.getPackageName().split("\\.")[3]);
        }
    }

    /** The test would pass for good if it read nothing. */
    @Test
    void seesTheTablesThatDistrictsName() {
        assertThat(uses(TableOwnersTest::named).map(Use::table).collect(toSet()))
                .as("tables that some statement names")
                .contains("work", "job", "file", "checkpoint", "webhook_delivery", "kept_file");
    }

    private static Stream<Use> foreign(Function<String, Stream<String>> naming) {
        return uses(naming).filter(use -> !use.district().equals(OWNERS.get(use.table())));
    }

    private static Stream<Use> uses(Function<String, Stream<String>> naming) {
        return classes()
                .flatMap(type -> strings(type)
                        .filter(text -> SQL.matcher(text).find())
                        .flatMap(naming)
                        .filter(OWNERS::containsKey)
                        .map(table -> new Use(district(type), table, simpleName(type))));
    }

    private static Stream<String> named(String sql) {
        Stream<String> sources = SOURCES.matcher(sql)
                .results()
                .flatMap(clause -> Arrays.stream(clause.group(1).split(",")))
                .map(source -> source.strip().split("\\s", 2)[0]);
        return Stream.concat(sources, TARGET.matcher(sql).results().map(target -> target.group(1)));
    }

    private static Stream<String> written(String sql) {
        return WRITTEN.matcher(sql).results().map(target -> target.group(1));
    }

    private static Map<String, String> owners(String kinds) {
        Map<String, String> owners = new TreeMap<>();
        for (Resource migration : resources("classpath:db/migration/V*__*.sql")) {
            String name = Objects.requireNonNull(migration.getFilename());
            String district = name.substring(name.indexOf("__") + 2, name.length() - ".sql".length());
            CREATION.matcher(text(migration))
                    .results()
                    .filter(creation -> creation.group(1).matches(kinds))
                    .forEach(creation -> owners.put(creation.group(2), district));
        }
        return owners;
    }

    private static Stream<Resource> classes() {
        return resources("classpath*:dev/anneal/service/*/**/*.class").stream()
                .filter(type -> path(type).contains("/target/classes/"));
    }

    /** String constants of a compiled class, parts of concatenations among them. */
    private static Stream<String> strings(Resource type) {
        try {
            ClassReader reader = new ClassReader(type.getContentAsByteArray());
            char[] buffer = new char[reader.getMaxStringLength()];
            return IntStream.range(1, reader.getItemCount())
                    .filter(item ->
                            reader.getItem(item) > 0 && reader.readByte(reader.getItem(item) - 1) == STRING_CONSTANT)
                    .mapToObj(item -> (String) reader.readConst(item, buffer));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String district(Resource type) {
        return path(type).replaceFirst(".*/dev/anneal/service/", "").replaceFirst("/.*", "");
    }

    private static String simpleName(Resource type) {
        return Objects.requireNonNull(type.getFilename()).replaceFirst("[$.].*", "");
    }

    private static String path(Resource resource) {
        try {
            return resource.getURL().getPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Resource resource) {
        try {
            return resource.getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Resource> resources(String pattern) {
        try {
            return List.of(RESOURCES.getResources(pattern));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
