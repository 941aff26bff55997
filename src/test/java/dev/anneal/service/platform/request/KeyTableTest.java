package dev.anneal.service.platform.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anneal.protocol.Setting;
import dev.anneal.service.platform.refusal.Refusal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** What a record declares is what is read and shown. */
class KeyTableTest {

    private static final String EVERYTHING =
            "{'n': 2, 'share': 0.5, 'bytes': 5000000000, 'mode': 'b', 'is_on': true, 'ids': [1, 2], 'names': ['x']}";

    /** A key of each type. */
    private record Example(
            @Setting(key = "n", byDefault = "1", range = "[1, 4]", auto = true)
            int count,

            @Setting(range = "(0, 1]", unit = "a share of the rows") @Nullable
            Double share,

            @Setting(byDefault = "7", range = "[0, )") long bytes,
            @Setting(byDefault = "a", choices = "a, b") String mode,
            @Setting(byDefault = "false") boolean isOn,

            @Setting(range = "[0, 9]", entries = 2) @Nullable
            List<Integer> ids,

            @Setting @Nullable List<String> names,
            @Nullable String other) {}

    @Test
    void absentKeysHaveTheirDefaults() {
        assertThat(read("{}")).isEqualTo(new Example(1, null, 7, "a", false, null, null, null));
        assertThat(read("{'n': 'auto', 'share': null}")).isEqualTo(read("{}"));
        assertThat(KeyTable.of(Example.class).defaults()).isEqualTo(read("{}"));
    }

    @Test
    void everyTypeIsReadAndShown() {
        Example example = read(EVERYTHING);

        assertThat(example)
                .isEqualTo(new Example(2, 0.5, 5_000_000_000L, "b", true, List.of(1, 2), List.of("x"), null));
        assertThat(KeyTable.shown(example))
                .isEqualTo(Map.of(
                        "n",
                        2,
                        "share",
                        0.5,
                        "bytes",
                        5_000_000_000L,
                        "mode",
                        "b",
                        "is_on",
                        true,
                        "ids",
                        List.of(1, 2),
                        "names",
                        List.of("x")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'n': 5} | n | must be a whole number from 1 to 4 or \"auto\", but is 5",
                "{'n': 1.5} | n | must be a whole number from 1 to 4 or \"auto\", but is 1.5",
                "{'share': 0} | share | must be a number above 0 and at most 1, a share of the rows, but is 0",
                "{'bytes': -1} | bytes | must be a whole number of at least 0, but is -1",
                "{'mode': 'c'} | mode | must be one of a, b, but is \"c\"",
                "{'is_on': 1} | is_on | must be true or false, but is 1",
                "{'ids': [10]} | ids | must hold whole numbers from 0 to 9, but is 10",
                "{'ids': [1, 2, 3]} | ids | must be an array of at most 2 entries, but is [1,2,3]",
                "{'names': 1} | names | must be a string or a list of non-empty strings, but is 1",
            })
    void whatCannotBeIsRefusedByName(String json, String param, String rule) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> read(json));

        assertThat(refusal.parameter()).isEqualTo(param);
        assertThat(refusal.explanation()).isEqualTo("'" + param + "' " + rule);
    }

    @Test
    void otherKeysAreRefused() {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> read("{'shares': 1}"));

        assertThat(refusal.explanation())
                .isEqualTo("unknown key 'shares'; known here are n, share, bytes, mode, is_on, ids, names. Did you mean"
                        + " 'share'? Remove it or correct its name");
    }

    private static Example read(String json) {
        return JsonBody.of(JsonMapper.shared().readTree(json.replace('\'', '"')))
                .object()
                .readAll(Example.class);
    }
}
