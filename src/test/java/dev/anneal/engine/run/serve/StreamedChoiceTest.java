package dev.anneal.engine.run.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.Task;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Tokens with their log-probabilities are told with their text: never before it, and none of a stop text. */
class StreamedChoiceTest {

    private static final Path MODEL = Path.of("src/main/resources/models/anneal-tiny");
    private static final ModelTokenizer TOKENIZER = ModelTokenizer.open(MODEL);

    private final List<ServeReply> replies = new ArrayList<>();

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @Test
    void tokensOfAStopTextAreNotTold() {
        take("one STO two STOP three", "STOP");

        assertThat(text()).isEqualTo("one STO two ");
        assertThat("one STO two ").startsWith(tokens());
        assertThat(tokens()).startsWith("one STO two");
        assertThat(ended().reason()).isEqualTo("stop");
        assertNoneIsAhead();
    }

    @Test
    void allTokensAreToldWhereNoStopTextComes() {
        take("one STO", "STOP");

        assertThat(text()).isEqualTo("one STO");
        assertThat(tokens()).isEqualTo("one STO");
        assertThat(ended().reason()).isEqualTo("length");
        assertNoneIsAhead();
    }

    /** Its first tokens alone read like no character. */
    @Test
    void partsOfACharacterOfAStopTextAreNotTold() {
        take("ab 日本", " 日");

        assertThat(text()).isEqualTo("ab");
        assertThat(tokens()).isEqualTo("ab");
    }

    @Test
    void partsOfACharacterThatNeverBecomesWholeAreTold() {
        int[] ids = TOKENIZER.encode("ab 日");

        take(Arrays.copyOf(ids, ids.length - 1), "STOP");

        assertThat(text()).startsWith("ab ").endsWith("\uFFFD");
        assertThat(toldTokens()).hasSize(ids.length - 1);
    }

    private void take(String text, String stop) {
        take(TOKENIZER.encode(text), stop);
    }

    /** Takes tokens as long as the answer goes on, and cuts it after the last. */
    private void take(int[] ids, String stop) {
        ServeRequest.Decoding decoding = new ServeRequest.Decoding(1, null, 0, 0, 1, 0, 0, List.of(stop), List.of(), 0);
        ServeRequest.Generate generate = new ServeRequest.Generate(
                1,
                new ServedModel(new Task.BaseModel("anneal-tiny", null, MODEL.toString()), null),
                null,
                false,
                "tenant",
                new ServeRequest.Input.Text("x"),
                null,
                decoding,
                Instant.EPOCH);
        OpenRequest request = new OpenRequest(
                generate,
                replies::add,
                cause -> {
                    throw new AssertionError(cause);
                },
                () -> {});
        StreamedChoice answer = new StreamedChoice(0, request, TOKENIZER, Set.of(), decoding);
        for (int id : ids) {
            if (!answer.take(new ChosenToken(id, -0.5, List.of()))) {
                return;
            }
        }
        answer.cut();
    }

    private void assertNoneIsAhead() {
        int text = 0;
        int tokens = 0;
        for (ServeReply reply : replies) {
            if (reply instanceof ServeReply.Text more) {
                text += more.text().length();
                tokens += more.tokens().stream()
                        .mapToInt(token -> token.text().length())
                        .sum();
                assertThat(tokens).isLessThanOrEqualTo(text);
            }
        }
    }

    private List<ServeReply.Text> texts() {
        return replies.stream()
                .filter(ServeReply.Text.class::isInstance)
                .map(ServeReply.Text.class::cast)
                .toList();
    }

    private String text() {
        return texts().stream().map(ServeReply.Text::text).collect(Collectors.joining());
    }

    private List<ServeReply.Token> toldTokens() {
        return texts().stream().flatMap(told -> told.tokens().stream()).toList();
    }

    private String tokens() {
        return toldTokens().stream().map(ServeReply.Token::text).collect(Collectors.joining());
    }

    private ServeReply.Ended ended() {
        return (ServeReply.Ended) replies.get(replies.size() - 1);
    }
}
