package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.draft.EagleDrafter;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.NewHeads;
import dev.anneal.engine.network.generate.Drafter.Verified;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.sampling.TokenSink;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a head reads the target's states, and for which sequences it proposes. */
class HeadDrafterTest {

    private static final int[] NO_PREDICTION = {};
    private static final int CONTEXT = 200;

    private final Random random = new Random(1);
    private DecoderModel model;
    private EagleHead head;
    private EagleDrafter reader;
    private DraftHead draft;
    private HeadDrafter drafter;
    private TensorScope passing;

    @BeforeEach
    void load() throws IOException {
        model = DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
        int layers = model.config().layers();
        head = NewHeads.of(model, List.of(0, layers), 100);
        reader = new EagleDrafter(head, head.noAdapter());
        draft = new DraftHead(reader);
        passing = model.scope().child();
        drafter = new HeadDrafter(
                draft, new NextTokens(passing, model.config().vocabularySize()), new Lane.Size(4, CONTEXT));
    }

    @AfterEach
    void close() {
        drafter.close();
        passing.close();
        reader.close();
        head.close();
        model.close();
    }

    @Test
    void aSequenceThatHasNotProposedForLongDoesSoBesideANewOne() {
        GeneratedSequence first = sequence(10);
        verified(first, 10, true);
        IntStream.range(0, 66).forEach(step -> verified(first, 1, false));
        GeneratedSequence second = sequence(5);
        verified(second, 5, true);

        drafter.propose(List.of(first, second), 3);

        assertThat(first.drafts().proposed().found()).isEqualTo(3);
        assertThat(second.drafts().proposed().found()).isEqualTo(3);
    }

    /** What has been read already is not read again, and the cache holds no proposals. */
    @Test
    void proposalsDependOnWhatTheTargetHasReadAlone() {
        HiddenStates states = states(12);
        int[] tokens = tokens(12);
        GeneratedSequence atOnce = sequence(10);
        drafter.verified(passing, List.of(new Verified(atOnce, tokens, at(0, 12))), states, true);
        drafter.propose(List.of(atOnce), 4);
        int[] expected = atOnce.drafts().proposed().tokens(4);
        drafter.keep(List.of());

        GeneratedSequence inParts = sequence(10);
        drafter.verified(passing, List.of(new Verified(inParts, part(tokens, 0, 9), at(0, 9))), states, true);
        drafter.propose(List.of(inParts), 7);
        drafter.verified(passing, List.of(new Verified(inParts, part(tokens, 9, 10), at(9, 10))), states, false);
        drafter.verified(passing, List.of(new Verified(inParts, part(tokens, 10, 12), at(10, 12))), states, false);
        drafter.propose(List.of(inParts), 4);

        assertThat(inParts.drafts().proposed().tokens(4)).isEqualTo(expected);
    }

    @Test
    void nearTheEndOfItsContextItProposesWhatFitsAndThenNothing() {
        int capacity = Drafter.capacity(
                new Lane.Size(4, CONTEXT), reader.config().layer().maxPositions());
        GeneratedSequence sequence = sequence(10);
        verified(sequence, capacity - 3, true);
        drafter.propose(List.of(sequence), 7);
        assertThat(sequence.drafts().proposed().found()).isEqualTo(3);

        verified(sequence, 3, false);
        sequence.drafts().prepare(7, false);
        drafter.propose(List.of(sequence), 7);

        assertThat(sequence.drafts().proposed().found()).isZero();
    }

    private void verified(GeneratedSequence sequence, int count, boolean isPrompt) {
        drafter.verified(
                passing, List.of(new Verified(sequence, tokens(count), at(0, count))), states(count), isPrompt);
    }

    private GeneratedSequence sequence(int prompt) {
        return new GeneratedSequence(
                new Prompt(tokens(prompt), NO_PREDICTION, draft, 100, Sampling.GREEDY),
                new PrefixCache.Owner(model.noAdapter(), ""),
                CONTEXT,
                new KeptTokens(TokenSink.NO_LOGPROBS, KeptTokens.NO_END));
    }

    private HiddenStates states(int count) {
        int width = model.config().hiddenSize();
        float[] values = new float[count * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Tensor state = passing.floats(values, count, width);
        return new HiddenStates(state, Collections.nCopies(2, state));
    }

    private int[] tokens(int count) {
        return random.ints(count, 3, 300).toArray();
    }

    private static int[] part(int[] tokens, int begin, int end) {
        return IntStream.range(begin, end).map(i -> tokens[i]).toArray();
    }

    private static long[] at(int begin, int end) {
        return LongStream.range(begin, end).toArray();
    }
}
