package dev.anneal.engine.text.data;

import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.Place;
import dev.anneal.engine.text.rows.RowRejectedException;
import dev.anneal.engine.text.template.ChatTemplate;
import dev.anneal.engine.text.template.Rendering;
import dev.anneal.engine.text.tokens.EncodedText;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Labels what the assistant writes in a rendered conversation, role headers excluded and the end-of-turn token included. Templates with {@code {% generation %}} say
 * themselves what that is ({@link MarkedSpans}), for the others it is found ({@link FoundSpans}); either is checked ({@link MaskCheck}).
 */
final class AssistantText {

    private final TurnTokens turns;
    private final boolean isMarked;

    AssistantText(ModelTokenizer tokenizer, ChatTemplate template) {
        turns = TurnTokens.of(tokenizer, template);
        isMarked = template.marksAssistantText();
    }

    /** The token that the template itself ends a turn with, or null if it does not show. */
    @Nullable
    Integer ownEndOfTurn() {
        return turns.ownEnd();
    }

    /** Those of the model, and the template's own. */
    Set<Integer> endsOfTurn() {
        return turns.ends();
    }

    boolean isEndOfTurn(int id) {
        return turns.ends().contains(id);
    }

    /** The parts of a rendering of all messages that are trained, ascending. */
    List<TextSpan> trained(Place place, ChatRow row, Conversation conversation, Rendering all, ShownTexts shown)
            throws RowRejectedException {
        new MaskCheck(place, row, shown).checkShown(conversation, all.text());
        if (isMarked) {
            List<TextSpan> spans = all.assistantSpans().stream()
                    .map(span -> new TextSpan(span.start(), span.end()))
                    .toList();
            return new MarkedSpans(place, row, shown).trained(spans);
        }
        return new FoundSpans(place, row, conversation, all.text(), shown, turns).trained();
    }

    /**
     * Labels of the first tokens of that rendering.
     *
     * @throws RowRejectedException if they would train anything but the trained messages
     */
    int[] labels(Place place, ChatRow row, EncodedText text, List<TextSpan> trained, ShownTexts shown, int length)
            throws RowRejectedException {
        int[] labels = LabelMask.of(text, trained, length);
        new MaskCheck(place, row, shown).check(text, labels, isMarked);
        return labels;
    }
}
