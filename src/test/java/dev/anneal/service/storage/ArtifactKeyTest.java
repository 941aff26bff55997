package dev.anneal.service.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.anneal.penetration.Penetration;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No key leads out of the store. */
@Penetration
class ArtifactKeyTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "a/",
                "a//b",
                ".",
                "..",
                "a/..",
                "a/../b",
                "../a",
                "a/.hidden",
                "a\\b",
                "a b",
                "a\0",
                "a\n",
                "C:a",
                "a/b%2Fc",
                "ä",
                "a/b/c/d/e/f/g/h/i/j/k"
            })
    void keyThatIsNotANameIsRefused(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ArtifactKey(value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "default/files/file-01k",
                "a/ftjob-1/attempt-3/checkpoint-10/model-00001-of-00002.safetensors",
                "a..b",
                "_/-"
            })
    void keyOfIdsAndFileNamesIsTaken(String value) {
        assertThat(new ArtifactKey(value).value()).isEqualTo(value);
    }

    @Property(tries = 2000)
    void acceptedKeyStaysBelowTheRoot(
            @ForAll @StringLength(min = 1, max = 12) @CharRange(from = '-', to = '/') @CharRange(from = 'a', to = 'b')
                    String value) {
        Path root = Path.of("/store");
        ArtifactKey key;
        try {
            key = new ArtifactKey(value);
        } catch (IllegalArgumentException refused) {
            return;
        }

        Path path = root.resolve(key.value()).normalize();
        assertThat(path).isEqualTo(root.resolve(key.value()));
        assertThat(path.startsWith(root) && !path.equals(root)).isTrue();
    }
}
