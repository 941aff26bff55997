package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.sampling.TokenSink;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is heard while prompts are read of which only two are short enough to be read at one time. */
class LaneTest {

    private static final int HALF_OF_A_READING = 500;
    private static final int SLOTS = 6;

    private static DecoderModel model;
    private static IncrementalDecoder incremental;

    private final Queue<GeneratedSequence> waiting = new ConcurrentLinkedQueue<>();
    private final List<ChosenToken> taken = new ArrayList<>();
    private Lane lane;

    @BeforeAll
    static void load() throws IOException {
        model = DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
        incremental = new IncrementalDecoder(model);
    }

    @AfterAll
    static void close() {
        incremental.close();
        model.close();
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < SLOTS; i++) {
            waiting.add(sequence(i));
        }
        NextTokens nextTokens =
                new NextTokens(incremental.scope(), incremental.config().vocabularySize());
        lane = new Lane(
                incremental,
                nextTokens,
                waiting,
                new Lane.Size(SLOTS, model.config().maxPositions()),
                new PrefixCache(incremental, incremental.scope(), 0),
                new OperatorSharing(1, false),
                DraftLength.none());
    }

    @AfterEach
    void closeLane() {
        lane.close();
    }

    @Test
    void aStopIsHeardBeforeTheNextPromptsAreRead() {
        lane.run(taken::isEmpty, () -> {});

        assertThat(taken).hasSize(2);
        assertThat(waiting).hasSize(SLOTS - 2);
    }

    @Test
    void othersHaveTheirTurnBetweenReadings() {
        List<Integer> takenBefore = new ArrayList<>();

        lane.run(() -> true, () -> takenBefore.add(taken.size()));

        assertThat(takenBefore).containsExactly(0, 2, 4, 6);
        assertThat(taken).hasSize(2 * SLOTS);
    }

    /** An answer of two tokens to a prompt that is like no other. */
    private GeneratedSequence sequence(int token) {
        int[] prompt = new int[HALF_OF_A_READING];
        Arrays.fill(prompt, 5 + token);
        return new GeneratedSequence(
                new Prompt(prompt, 2, Sampling.GREEDY),
                new PrefixCache.Owner(model.noAdapter(), ""),
                model.config().maxPositions(),
                new Taker());
    }

    /** Keeps what all sequences are given. */
    private final class Taker implements TokenSink {

        @Override
        public int topLogprobs() {
            return NO_LOGPROBS;
        }

        @Override
        public boolean take(ChosenToken token) {
            taken.add(token);
            return true;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void cut() {}

        @Override
        public void failed(Throwable cause) {
            throw new AssertionError(cause);
        }
    }
}
