package dev.anneal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.grade.GraderException;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.protocol.WireName;
import dev.anneal.service.models.hub.HubException;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/errors.md} lists every error code that clients can meet, and no other. */
class DocumentedErrorsTest {

    private static final Path PAGE = Path.of("docs/errors.md");

    private static final Pattern REFUSAL = Pattern.compile("\\| `([a-z_]+)` \\| (\\d{3}) \\| .+ \\| .+ \\|");

    /** A row may name several codes that mean the same. */
    private static final Pattern FAILURE =
            Pattern.compile("\\| ((`[a-z_]+`(, )?)+) \\| (yours|platform|environment)[^|]* \\| .+ \\| .+ \\|");

    private static final Pattern CODE = Pattern.compile("`([a-z_]+)`");

    /** Calls that make a failure, up to the end of their first argument. */
    private static final Pattern MADE = Pattern.compile(
            "(?:WorkError\\.of(?:User|System|Environment)|TaskException\\.(?:badInput|failure))\\(([^,]+),");

    /** Codes that several classes use. */
    private static final Pattern CONSTANT =
            Pattern.compile("String (?:CODE|WORKER_LOST|TOO_FEW|INCOMPLETE_GROUP) = ([^;]+);");

    private static final Pattern LITERAL = Pattern.compile("\"([a-z]+(?:_[a-z]+)+)\"");

    /** Enumerations of codes that jobs, exports and evaluations show as they are. */
    private static final List<Class<? extends WireName>> ENUMERATIONS = List.of(
            ExportException.Code.class,
            TrainingException.Code.class,
            DataException.Code.class,
            GraderException.Code.class,
            HubException.Reason.class);

    @Test
    void pageListsEveryRefusalWithItsStatus() throws IOException {
        Map<String, Integer> declared = new TreeMap<>();
        for (RefusalCode code : RefusalCode.values()) {
            declared.put(code.wireName(), code.status());
        }
        assertThat(refusals()).containsExactlyInAnyOrderEntriesOf(declared);
    }

    @Test
    void pageListsEveryFailure() throws IOException {
        Set<String> made = made();
        assertThat(made)
                .contains("non_finite_loss", "disk_full", "io_error", "worker_lost", "engine_stuck", "time_limit");
        Set<String> listed = new TreeSet<>(failures());
        listed.addAll(refusals().keySet());
        assertThat(listed).containsAll(made);
    }

    @Test
    void pageListsNoFailureThatNothingMakes() throws IOException {
        assertThat(made()).containsAll(failures());
    }

    private static Set<String> made() throws IOException {
        Set<String> codes = new TreeSet<>();
        ENUMERATIONS.forEach(type ->
                Arrays.stream(type.getEnumConstants()).map(WireName::wireName).forEach(codes::add));
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                String text = Files.readString(source);
                addLiterals(codes, MADE.matcher(text));
                addLiterals(codes, CONSTANT.matcher(text));
            }
        }
        return codes;
    }

    private static void addLiterals(Set<String> codes, Matcher arguments) {
        arguments
                .results()
                .forEach(argument ->
                        LITERAL.matcher(argument.group(1)).results().forEach(literal -> codes.add(literal.group(1))));
    }

    private static Map<String, Integer> refusals() throws IOException {
        Map<String, Integer> statuses = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = REFUSAL.matcher(line);
            if (row.matches()) {
                assertThat(statuses.put(row.group(1), Integer.valueOf(row.group(2))))
                        .as(line)
                        .isNull();
            }
        }
        return statuses;
    }

    private static Set<String> failures() throws IOException {
        Set<String> codes = new TreeSet<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = FAILURE.matcher(line);
            if (row.matches()) {
                CODE.matcher(row.group(1)).results().forEach(code -> codes.add(code.group(1)));
            }
        }
        return codes;
    }
}
