package dev.anneal.service.access.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of keys, and that a mistyped one is told by its checksum. */
class KeyTextTest {

    private final SecureRandom random = new SecureRandom();

    @ParameterizedTest
    @ValueSource(strings = {KeyText.PROJECT, KeyText.ADMINISTRATOR, KeyText.LINK})
    void keyIsPrefixThirtyRandomCharactersAndAChecksum(String prefix) {
        String key = KeyText.random(prefix, random);

        assertThat(key).matches(prefix + "[0-9A-Za-z]{36}").isNotEqualTo(KeyText.random(prefix, random));
        assertThat(KeyText.isWhole(key)).isTrue();
    }

    @Test
    void everyChangedCharacterIsNoticed() {
        String key = KeyText.random(KeyText.PROJECT, random);

        for (int i = KeyText.PROJECT.length(); i < key.length(); i++) {
            char other = key.charAt(i) == 'x' ? 'y' : 'x';
            assertThat(KeyText.isWhole(key.substring(0, i) + other + key.substring(i + 1)))
                    .isFalse();
        }
    }

    /** The two sums are of Python's {@code zlib.crc32}, in base 62. */
    @Test
    void checksumIsTheCrc32OfZip() {
        assertThat(KeyText.isWhole("ank_" + "0".repeat(30) + "2Bdt1x")).isTrue();
        assertThat(KeyText.isWhole("anka_" + "z".repeat(30) + "0aSwrR")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "sk-0123456789", "ank_", "ank_short", "ank_0123456789012345678901234567890123456", "anka_\n"
            })
    void whatHasAnotherFormIsNone(String key) {
        assertThat(KeyText.isWhole(key)).isFalse();
    }
}
