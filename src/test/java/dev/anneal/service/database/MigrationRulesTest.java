package dev.anneal.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A migration does nothing that a process of the release before would notice (docs/upgrades.md). One that removes what no release uses any more says
 * {@code -- contract: why} in the line above.
 */
class MigrationRulesTest {

    private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

    /** Written before these rules. */
    private static final int FIRST_RULED = 15;

    /** What has another name is no version, and runs after each. */
    private static final Pattern NAME = Pattern.compile("V(\\d+)__[a-z0-9_]+\\.sql");

    private static final Pattern BREAKING = Pattern.compile(
            "\\bDROP\\s+(TABLE|COLUMN|VIEW|FUNCTION|ROLE)\\b|\\bRENAME\\b|\\bALTER\\s+(COLUMN\\s+)?\\w+\\s+(SET\\s+DATA\\s+)?TYPE\\b|\\bSET\\s+NOT\\s+NULL\\b"
                    + "|\\bADD\\s+COLUMN\\s+(IF\\s+NOT\\s+EXISTS\\s+)?\\w+\\s+[^,;]*\\bNOT\\s+NULL\\b(?![^,;]*\\bDEFAULT\\b)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern CONTRACT = Pattern.compile("-- contract: \\S+.*\\n[^\\n]*$");

    @Test
    void migrationsOnlyAdd() throws IOException {
        TreeSet<String> ruled = new TreeSet<>();
        try (Stream<Path> files = Files.list(MIGRATIONS)) {
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (!name.matches() || Integer.parseInt(name.group(1)) >= FIRST_RULED) {
                    ruled.add(file.getFileName().toString());
                    assertThat(breaking(Files.readString(file)))
                            .as(file.toString())
                            .isEmpty();
                }
            }
        }
        assertThat(ruled).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP TABLE job;",
                "ALTER TABLE job DROP COLUMN seed;",
                "ALTER TABLE job RENAME COLUMN seed TO grain;",
                "ALTER TABLE job ALTER COLUMN seed TYPE bigint;",
                "ALTER TABLE job ALTER seed SET NOT NULL;",
                "ALTER TABLE job ADD COLUMN grain text NOT NULL;",
                "ALTER TABLE job ADD COLUMN note text,\n    ADD COLUMN grain text NOT NULL CHECK (grain <> '');"
            })
    void whatBreaksTheReleaseBeforeIsFound(String statement) {
        assertThat(breaking(statement)).isNotEmpty();
        assertThat(breaking("-- contract: nothing reads it since 0.2\n" + statement.replace("\n    ", " ")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE grain (id bigint PRIMARY KEY, name text NOT NULL);",
                "ALTER TABLE job ADD COLUMN grain text;",
                "ALTER TABLE job ADD COLUMN grain text NOT NULL DEFAULT '';",
                "ALTER TABLE job DROP CONSTRAINT job_seed_in_range;"
            })
    void whatAddsIsNot(String statement) {
        assertThat(breaking(statement)).isEmpty();
    }

    private static List<String> breaking(String sql) {
        return BREAKING.matcher(sql)
                .results()
                .filter(found ->
                        !CONTRACT.matcher(sql.substring(0, found.start())).find())
                .map(MatchResult::group)
                .toList();
    }
}
