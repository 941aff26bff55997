package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A migration does nothing that a process of the release before would notice (docs/upgrades.md). One that removes what
 * no release uses any more says {@code -- contract: why} in the line above.
 */
class MigrationRulesTest {

    private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

    /** Those before it are the schema of the first release: there is no release before it that would notice. */
    private static final int FIRST_RULED = 11;

    /** What has another name is no version, and runs after each. */
    private static final Pattern NAME = Pattern.compile("V(\\d+)__[a-z0-9_]+\\.sql");

    private static final Pattern BREAKING = Pattern.compile(
            "\\bDROP\\s+(TABLE|COLUMN|VIEW|FUNCTION|ROLE)\\b|\\bRENAME\\b|\\bALTER\\s+(COLUMN\\s+)?\\w+\\s+(SET\\s+DATA\\s+)?TYPE\\b|\\bSET\\s+NOT\\s+NULL\\b"
                    + "|\\bADD\\s+COLUMN\\s+(IF\\s+NOT\\s+EXISTS\\s+)?\\w+\\s+[^,;]*\\bNOT\\s+NULL\\b(?![^,;]*\\bDEFAULT\\b)",
            Pattern.CASE_INSENSITIVE);

    /** On what the release before writes to or relies on; on what the same migration creates they are free. */
    private static final Pattern TIGHTENING = Pattern.compile(
            "\\bALTER\\s+TABLE\\s+(?:ONLY\\s+)?(?<altered>\\w+)[^;]*?\\b(?:ADD\\s+(?:CONSTRAINT\\s+\\w+\\s+)?(?:CHECK|UNIQUE|FOREIGN\\s+KEY|PRIMARY\\s+KEY|EXCLUDE)\\b"
                    // Up to the comma that ends it, with two levels of parentheses.
                    + "(?!(?:[^;,()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\bNOT\\s+VALID\\b)|DROP\\s+DEFAULT\\b)"
                    + "|\\bREVOKE\\b[^;]*?\\bON\\s+(?:(?:TABLE|FUNCTION|PROCEDURE|SCHEMA|SEQUENCE)\\s+)?(?<revoked>\\w+)"
                    + "|\\bCREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:CONSTRAINT\\s+)?TRIGGER\\b[^;]*?\\bON\\s+(?<triggered>\\w+)"
                    + "|\\bCREATE\\s+UNIQUE\\s+INDEX\\b[^;]*?\\bON\\s+(?:ONLY\\s+)?(?<indexed>\\w+)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern CREATED =
            Pattern.compile("\\bCREATE\\s+(?:TABLE|FUNCTION|PROCEDURE)\\s+(\\w+)", Pattern.CASE_INSENSITIVE);

    private static final Pattern CONTRACT = Pattern.compile("-- contract: \\S+.*\\n[^\\n]*$");

    @Test
    void migrationsOnlyAdd() throws IOException {
        TreeSet<String> ruled = new TreeSet<>();
        try (Stream<Path> files = Files.list(MIGRATIONS)) {
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (!name.matches() || Integer.parseInt(name.group(1)) >= FIRST_RULED) {
                    ruled.add(file.getFileName().toString());
                    String sql = Files.readString(file);
                    assertThat(breaking(sql)).as(file.toString()).isEmpty();
                    assertThat(tightening(sql)).as(file.toString()).isEmpty();
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE job ADD CONSTRAINT job_seed_is_small CHECK (seed < 9);",
                "ALTER TABLE job ADD CHECK ((seed IS NULL) = (grain IS NULL));",
                "ALTER TABLE job ADD COLUMN a text, ADD CONSTRAINT one CHECK (a IN ('x', 'y')), ADD CONSTRAINT two UNIQUE (a, b);",
                "ALTER TABLE job ADD CONSTRAINT one UNIQUE (a), ADD CONSTRAINT two CHECK (a > 0) NOT VALID;",
                "ALTER TABLE job ALTER COLUMN seed DROP DEFAULT;",
                "REVOKE UPDATE (seed) ON job FROM anneal_tenant;",
                "REVOKE EXECUTE ON FUNCTION current_tenant FROM PUBLIC;",
                "CREATE TRIGGER job_is_checked BEFORE INSERT ON job FOR EACH ROW EXECUTE FUNCTION check_job();",
                "CREATE UNIQUE INDEX job_seed ON job (seed);"
            })
    void whatRefusesWhatTheReleaseBeforeDoesIsFound(String statement) {
        assertThat(tightening(statement)).isNotEmpty();
        assertThat(tightening("-- contract: no release writes such rows since 0.2\n" + statement))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE job ADD CONSTRAINT job_seed_is_small CHECK (seed < 9 AND (grain IS NULL)) NOT VALID;",
                "ALTER TABLE job ADD COLUMN grain text, ALTER COLUMN seed SET DEFAULT 0;",
                "CREATE TABLE grain (id bigint PRIMARY KEY, CONSTRAINT grain_is_there CHECK (id > 0));",
                "CREATE TABLE grain (id bigint);\nREVOKE INSERT, UPDATE ON grain FROM anneal_tenant;\nCREATE UNIQUE INDEX one ON grain (id);",
                "CREATE FUNCTION sow() RETURNS void LANGUAGE sql RETURN 1;\nREVOKE EXECUTE ON FUNCTION sow FROM PUBLIC;",
                "CREATE TABLE grain (id bigint);\nCREATE TRIGGER sown AFTER INSERT ON grain FOR EACH ROW EXECUTE FUNCTION sow();",
                "CREATE INDEX job_seed ON job (seed);"
            })
    void whatIsNewMayBeTight(String sql) {
        assertThat(tightening(sql)).isEmpty();
    }

    /** What refuses a row, or does something more with it, on what was there before the migration. */
    private static List<String> tightening(String sql) {
        Set<String> created =
                CREATED.matcher(sql).results().map(table -> table.group(1)).collect(Collectors.toSet());
        List<String> found = new ArrayList<>();
        Matcher statements = TIGHTENING.matcher(sql);
        while (statements.find()) {
            String about = Stream.of("altered", "revoked", "triggered", "indexed")
                    .map(statements::group)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseThrow();
            if (!created.contains(about)
                    && !CONTRACT.matcher(sql.substring(0, statements.start())).find()
                    && !CONTRACT.matcher(sql.substring(0, statements.end())).find()) {
                found.add(statements.group());
            }
        }
        return found;
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
