package dev.anneal.engine.text.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No bytes make the validator fail: it reports, its counts add up, and its report can be stored. */
class DatasetValidatorMutationTest {

    private static final byte[] SEED = Rows.utf8(
            Rows.goodLines(8)
                    + Rows.ofMessages(
                            "{'role': 'system', 'content': [{'type': 'text', 'text': 'Stra\u00dfe \ud83d\ude00'}]}",
                            "{'role': 'assistant', 'content': null, 'weight': 1, 'tool_calls': [{'function': {'name': 'f', 'arguments': '{}'}}]}")
                    + "\n" + Rows.pair("a", "b") + "\n" + Rows.prompt("q")
                    + "\n{\"tools\": [{\"function\": {\"name\": \"f\"}}], \"messages\": [{\"role\": \"assistant\", \"content\": \"\\ud83d\\ude00\"}]}");
    private static final String[] PIECES = {
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "\r",
        "\0",
        "\uFEFF",
        "\\ud800",
        "\\u0000",
        "1e999",
        "-0",
        "null",
        "true",
        "weight",
        "role",
        "input",
        "preferred_output"
    };

    private static void check(byte[] bytes) throws IOException {
        ValidationReport report = DatasetValidator.validate(new ByteArrayInputStream(bytes));
        long dropped =
                report.dropped().values().stream().mapToLong(Long::longValue).sum();
        assertThat(report.accepted() + dropped).isEqualTo(report.lines());
        assertThat(report.firstProblems()).hasSize((int) Math.min(dropped, DatasetLimits.LISTED_PROBLEMS));
        assertThat(report.isUsable()).isEqualTo(dropped == 0 && report.accepted() >= DatasetLimits.MINIMUM_ROWS);
        assertThat(report.toString().codePoints())
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void mutatedFilesAreReported(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            check(mutated(random));
        }
    }

    private static byte[] mutated(SplittableRandom random) {
        byte[] bytes = SEED.clone();
        for (int change = random.nextInt(1, 5); change > 0; change--) {
            bytes = changed(bytes, random);
        }
        return bytes;
    }

    /** Overwrites a byte, inserts a piece, or leaves a range out. */
    private static byte[] changed(byte[] bytes, SplittableRandom random) {
        int at = random.nextInt(bytes.length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        switch (random.nextInt(3)) {
            case 0 -> out.write(random.nextInt(256));
            case 1 -> out.writeBytes(Rows.utf8(PIECES[random.nextInt(PIECES.length)]));
            default -> at = Math.min(bytes.length - 1, at + random.nextInt(40));
        }
        out.write(bytes, at, bytes.length - at);
        return out.toByteArray();
    }

    @Property(tries = 300)
    void arbitraryBytesAreReported(@ForAll @Size(max = 300) byte[] bytes) throws IOException {
        check(bytes);
    }
}
