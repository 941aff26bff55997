package dev.anneal.engine.grade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What judging models write. */
class JudgeAnswerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "0.5 | 0.5",
                " -2 | -2",
                "{\"steps\": [{\"description\": \"1\", \"conclusion\": \"2\"}], \"result\": 0.75} | 0.75",
                "#```json\n{\"result\": 1}\n```# | 1",
                "#``` 0.25``` ```# | 0.25",
                "#```0.25# | 0.25",
                "{\"result\": \"0.25\"} | 0.25",
                "Score: 0.8. | 0.8",
                "**1** | 1",
                "I would give it .5! | 0.5"
            })
    void scoresAreFound(String answer, double score) {
        assertThat(JudgeAnswer.score(answer)).hasValue(score);
    }

    /** Milliseconds, or weeks where each of them begins a search for the other fence. */
    @Test
    void blanksBehindAnOpenFenceAreReadOnce() {
        String answer = "```" + " ".repeat(100_000) + "0.5";
        assertThat(assertTimeoutPreemptively(Duration.ofMinutes(1), () -> JudgeAnswer.score(answer)))
                .hasValue(0.5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "``````",
                "`````",
                "good",
                "0.8 out of 1",
                "1/2",
                "80%",
                "v2",
                "1,000",
                "{\"score\": 1, \"of\": 2}",
                "NaN",
                "Infinity",
                "1e999",
                "true"
            })
    void whatIsNoOneNumberIsNoScore(String answer) {
        assertThat(JudgeAnswer.score(answer)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "good | good",
                "Good. | good",
                "The answer is very good | very good",
                "{\"result\": \"bad\"} | bad",
                "\"bad\" | bad",
                "#```\nbad\n```# | bad"
            })
    void labelsAreFound(String answer, String label) {
        List<String> labels = label.equals("very good") ? List.of("very good", "bad") : List.of("good", "bad");
        assertThat(JudgeAnswer.label(answer, labels)).hasValue(label);
    }

    @ParameterizedTest
    @ValueSource(strings = {"goodness", "good or bad", "fine", "1"})
    void whatIsNoOneLabelIsNone(String answer) {
        assertThat(JudgeAnswer.label(answer, List.of("good", "bad"))).isEmpty();
    }
}
