package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Where a sequence with a draft gets its next draft tokens, by the times of steps and proposals and by what became of
 * earlier ones.
 */
class ProposedLengthTest {

    private static final int[] NO_PREDICTION = {};

    private final DraftLength length = DraftLength.measured();
    private DecoderModel model;
    private IncrementalDecoder decoder;
    private DraftModel draft;

    @BeforeEach
    void load() throws IOException {
        model = DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
        decoder = new IncrementalDecoder(model);
        draft = new DraftModel(decoder, model.noAdapter());
        IntStream.rangeClosed(1, 16).forEach(tokens -> length.note(tokens, 1000));
    }

    @AfterEach
    void close() {
        decoder.close();
        model.close();
    }

    @Test
    void aDraftThatIsOftenRightProposesMany() {
        DraftTokens drafts = after(1, 2, 3, 4);
        IntStream.range(0, 30).forEach(step -> compared(drafts, 7, 7));
        proposalsTake(20);

        int most = choose(drafts);

        assertThat(most).isGreaterThanOrEqualTo(7);
        assertThat(drafts.proposals(most)).isEqualTo(most);
    }

    @Test
    void aDraftThatTakesAsLongAsItsTargetProposesNothing() {
        DraftTokens drafts = after(1, 2, 3, 4);
        proposalsTake(1000);

        assertThat(choose(drafts)).isZero();
    }

    /** Proposals are made one after another, so fewer take less time. */
    @Test
    void fewerAreTriedWhereManyTookLong() {
        DraftTokens drafts = after(1, 2, 3, 4);
        length.noteProposals(15, 15 * 150);

        assertThat(choose(drafts)).isBetween(1, 5);
    }

    @Test
    void fewAreTriedAtFirst() {
        assertThat(choose(after(1, 2, 3, 4))).isBetween(1, 3);
    }

    @Test
    void textThatRepeatsItselfNeedsNoProposals() {
        DraftTokens drafts = after(1, 2, 3, 4, 1, 2);
        proposalsTake(100);

        int most = choose(drafts);

        assertThat(most).isPositive();
        assertThat(drafts.proposals(most)).isZero();
        assertThat(drafts.tokens(2)).startsWith(4);
    }

    /** A repetition that misled before counts for less than a draft that was right. */
    @Test
    void aRepetitionThatMisledGivesWayToTheDraft() {
        DraftTokens drafts = after(1, 2, 3, 4, 1, 2);
        IntStream.range(0, 30).forEach(step -> {
            drafts.prepare(15, true);
            drafts.use(drafts.source(3, false));
            drafts.compared(3, 0);
            compared(drafts, 3, 3);
        });
        proposalsTake(100);

        int most = choose(drafts);

        assertThat(drafts.proposals(most)).isPositive();
    }

    @Test
    void aDraftThatProposesNothingGivesWayToTheText() {
        DraftTokens drafts = after(1, 2, 3, 4, 1, 2);
        compared(drafts, 3, 3);
        drafts.prepare(15, true);
        drafts.use(drafts.proposed());

        drafts.settle();

        assertThat(drafts.proposals(3)).isZero();
        assertThat(drafts.tokens(2)).startsWith(4);
        assertThat(drafts.source(3, true)).isNotSameAs(drafts.proposed());
    }

    @Test
    void whereLengthsAreFixedTheDraftAloneProposes() {
        DraftTokens drafts = after(1, 2, 3, 4, 1, 2);
        drafts.prepare(4, false);

        assertThat(DraftLength.fixed(4).choose(List.of(drafts))).isEqualTo(4);
        assertThat(drafts.proposals(4)).isEqualTo(4);
    }

    /** A sequence of this prompt whose first token is 3. */
    private DraftTokens after(int... prompt) {
        DraftTokens drafts = DraftTokens.of(new Prompt(prompt, NO_PREDICTION, draft, 20, Sampling.GREEDY));
        drafts.add(3);
        return drafts;
    }

    private int choose(DraftTokens drafts) {
        drafts.prepare(15, true);
        return length.choose(List.of(drafts));
    }

    private static void compared(DraftTokens drafts, int drafted, int right) {
        drafts.prepare(15, false);
        drafts.use(drafts.proposed());
        drafts.compared(drafted, right);
    }

    private void proposalsTake(int nanosEach) {
        IntStream.rangeClosed(1, 15).forEach(tokens -> length.noteProposals(tokens, (long) nanosEach * tokens));
    }
}
