package dev.anneal.engine.text.tokens;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.engine.text.fault.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A broken vocabulary is told in words of JSON, not of its parser. #17 */
class VocabularyTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "['a b', 7]          | merge 2 must be two tokens, found a whole number",
                "[['a', {}]]         | merge 1 must be two tokens, found an object",
                "[['a']]             | merge 1 must be two tokens, found nothing more",
                "[null]              | merge 1 must be two tokens, found null",
                "['ab']              | merge 1 must be two tokens, found 'ab'"
            })
    void aBrokenMergeIsNamed(String merges, String problem) throws IOException {
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{'model': {'type': 'BPE', 'vocab': {'a': 0, 'b': 1}, 'merges': %s}}"
                        .formatted(merges)
                        .replace('\'', '"'));

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> Vocabulary.read(folder))
                .withMessageEndingWith("is not a tokenizer: " + problem);
    }
}
