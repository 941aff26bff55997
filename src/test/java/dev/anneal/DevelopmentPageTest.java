package dev.anneal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of DEVELOPMENT.md show the districts as their {@code package-info.java} files describe them. */
class DevelopmentPageTest {

    private static final Path MAIN = Path.of("src/main/java/dev/anneal");
    private static final Pattern JAVADOC = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);
    private static final Pattern ALLOWED =
            Pattern.compile("@ApplicationModule\\(\\s*allowedDependencies = (\\{.*?\\}|\"[^\"]*\")\\)", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("\"(\\w+)(?: :: \\*)?\"");

    @ParameterizedTest
    @ValueSource(strings = {"service", "engine"})
    void tableShowsTheDistricts(String side) throws IOException {
        String page = Files.readString(Path.of("DEVELOPMENT.md"));
        String begin = "<!-- districts of the " + side + " -->\n";
        String table = page.substring(page.indexOf(begin) + begin.length());

        assertThat(table.substring(0, table.indexOf("<!--")).lines().skip(2).toList())
                .containsExactlyInAnyOrderElementsOf(rows(MAIN.resolve(side)));
    }

    private static List<String> rows(Path side) {
        return folders(side).stream().map(DevelopmentPageTest::row).toList();
    }

    private static String row(Path district) {
        String info = read(district.resolve("package-info.java"));
        return "| `%s` | %s | %s | %s |"
                .formatted(district.getFileName(), purpose(info), orDash(rooms(district)), orDash(allowed(info)));
    }

    private static String purpose(String info) {
        String text = group(JAVADOC, info).replaceAll("\\s*\\n \\*\\s?", " ").strip();
        return text.replaceAll("\\{@code ([^}]*)}", "`$1`").replaceAll("\\{@link (?:\\w+\\.)*(\\w+)}", "`$1`");
    }

    private static Stream<String> rooms(Path district) {
        return folders(district).stream().map(room -> "`" + room.getFileName() + "`");
    }

    private static List<Path> folders(Path parent) {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> allowed(String info) {
        return NAME.matcher(group(ALLOWED, info))
                .results()
                .map(name -> name.group(1))
                .distinct();
    }

    private static String orDash(Stream<String> names) {
        String text = names.collect(Collectors.joining(", "));
        return text.isEmpty() ? "–" : text;
    }

    private static String group(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in: %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
