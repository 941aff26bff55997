package dev.anneal.engine.data;

import dev.anneal.engine.rows.ChatMessage;
import dev.anneal.engine.rows.ChatRow;
import dev.anneal.engine.rows.Place;
import dev.anneal.engine.rows.Role;
import dev.anneal.engine.rows.RowFault;
import dev.anneal.engine.rows.RowRejectedException;
import dev.anneal.engine.template.ChatTemplate;
import dev.anneal.engine.template.Rendering;
import dev.anneal.engine.template.TemplateException;
import dev.anneal.engine.tokens.AddedToken;
import dev.anneal.engine.tokens.ControlTokens;
import dev.anneal.engine.tokens.ModelTokenizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the assistant writes in a rendered conversation, role headers excluded and the end-of-turn token included.
 *
 * <p>Templates with {@code {% generation %}} say it themselves. For the others a turn begins where the rendering of the messages before it ends, generation
 * prompt included, and ends with the first end-of-turn token that the template writes: exactly what the model will be asked for and where it will be stopped.
 */
final class AssistantText {

    /** Enough of a generation prompt's end to recognise it elsewhere. */
    private static final int HEADER_CHARACTERS = 6;

    private final ControlTokens tokens;
    private final Set<Integer> endsOfTurn;
    private final @Nullable Integer ownEndOfTurn;

    AssistantText(ModelTokenizer tokenizer, ChatTemplate template) {
        tokens = tokenizer.controlTokens();
        ownEndOfTurn = ownEndOfTurn(tokenizer, template);
        Set<Integer> ends = new HashSet<>(tokenizer.endIds());
        if (ownEndOfTurn != null) {
            ends.add(ownEndOfTurn);
        }
        endsOfTurn = Set.copyOf(ends);
    }

    /** Base models are often given a chat template whose end of turn is not their end of sequence: the token is seen in a short conversation. */
    private @Nullable Integer ownEndOfTurn(ModelTokenizer tokenizer, ChatTemplate template) {
        ChatRow probe =
                new ChatRow(List.of(ChatMessage.of(Role.USER, "a"), ChatMessage.of(Role.ASSISTANT, "b")), List.of());
        try {
            Conversation conversation = Conversation.of(Place.ofNoFile(), probe, template, tokenizer);
            String text = conversation.render(2, false).text();
            String prompt = conversation.render(1, true).text();
            if (text.startsWith(prompt)) {
                List<Found> found = specialTokens(conversation, text, new TextSpan(prompt.length(), text.length()));
                return found.isEmpty() ? null : found.get(found.size() - 1).id;
            }
            return null;
        } catch (TemplateException | RowRejectedException e) {
            // The template wants other conversations than this one; its end of turn is then one of the configured end
            // tokens.
            return null;
        }
    }

    /** The token that the template itself ends a turn with, or null if it does not show. */
    @Nullable
    Integer ownEndOfTurn() {
        return ownEndOfTurn;
    }

    /** Those of the model, and the template's own. */
    Set<Integer> endsOfTurn() {
        return endsOfTurn;
    }

    boolean isEndOfTurn(int id) {
        return endsOfTurn.contains(id);
    }

    /** The parts of a rendering of all messages that are trained, ascending and disjoint. */
    List<TextSpan> trained(Place place, ChatRow row, Conversation conversation, Rendering all, boolean marked)
            throws RowRejectedException {
        return marked ? markedSpans(place, row, conversation, all) : foundSpans(place, row, conversation, all.text());
    }

    private static List<TextSpan> markedSpans(Place place, ChatRow row, Conversation conversation, Rendering all)
            throws RowRejectedException {
        List<TextSpan> spans = all.assistantSpans().stream()
                .map(span -> new TextSpan(span.start(), span.end()))
                .toList();
        int[] assistants = assistants(row);
        if (IntStream.of(assistants).allMatch(i -> row.messages().get(i).isTrained())) {
            return spans;
        }
        List<TextSpan> trained = new ArrayList<>();
        int from = 0;
        for (int i : assistants) {
            // A message may have several spans, so that only the number of spans up to it tells which are its own.
            int to = assistants.length == spans.size()
                    ? from + 1
                    : conversation.render(i + 1, false).assistantSpans().size();
            if (to < from || to > spans.size()) {
                throw unclear(place, i, "its {% generation %} marks depend on later messages");
            }
            if (row.messages().get(i).isTrained()) {
                trained.addAll(spans.subList(from, to));
            }
            from = to;
        }
        return trained;
    }

    private List<TextSpan> foundSpans(Place place, ChatRow row, Conversation conversation, String text)
            throws RowRejectedException {
        int[] assistants = assistants(row);
        int[] starts = new int[assistants.length];
        for (int k = 0; k < assistants.length; k++) {
            starts[k] = start(conversation, assistants[k], text);
            if (starts[k] < 0 && row.messages().get(assistants[k]).isTrained()) {
                throw unclear(place, assistants[k], "its text before this message depends on later messages");
            }
        }
        List<TextSpan> spans = new ArrayList<>();
        for (int k = 0; k < assistants.length; k++) {
            if (row.messages().get(assistants[k]).isTrained()) {
                int limit = k + 1 < starts.length && starts[k + 1] >= starts[k] ? starts[k + 1] : text.length();
                int end = end(place, conversation, assistants[k], text, new TextSpan(starts[k], limit));
                spans.add(new TextSpan(starts[k], end));
            }
        }
        return spans;
    }

    private static int[] assistants(ChatRow row) {
        return IntStream.range(0, row.messages().size())
                .filter(i -> row.messages().get(i).role() == Role.ASSISTANT)
                .toArray();
    }

    /** Where the assistant's message begins; -1 if the rendering does not show it. */
    private static int start(Conversation conversation, int message, String text) {
        String prompt = promptBefore(conversation, message);
        if (prompt != null && text.startsWith(prompt)) {
            return prompt.length();
        }
        // Some templates write earlier messages differently while they are the last. Then a cursor in the message
        // itself shows where it stands.
        Rendering rendering = conversation.renderWithCursor(message);
        if (rendering == null) {
            return -1;
        }
        int at = rendering.text().indexOf(conversation.cursor());
        boolean same =
                at >= 0 && (rendering.text().substring(0, at) + rendering.text().substring(at + 1)).equals(text);
        return same ? withSpaceBefore(text, at, prompt) : -1;
    }

    /** Moves a start to the left over white space that the generation prompt leaves to the model. */
    private static int withSpaceBefore(String text, int start, @Nullable String prompt) {
        if (prompt == null) {
            return start;
        }
        String header = prompt.substring(Math.max(0, prompt.length() - HEADER_CHARACTERS));
        for (int at = start; at > 0; at--) {
            if (text.startsWith(header, at - header.length())) {
                return at;
            }
            if (!Character.isWhitespace(text.charAt(at - 1))) {
                break;
            }
        }
        return start;
    }

    private static @Nullable String promptBefore(Conversation conversation, int message) {
        try {
            return conversation.render(message, true).text();
        } catch (TemplateException e) {
            // Not every beginning of a conversation is one that the template accepts.
            return null;
        }
    }

    private int end(Place place, Conversation conversation, int message, String text, TextSpan within)
            throws RowRejectedException {
        for (Found token : specialTokens(conversation, text, within)) {
            if (endsOfTurn.contains(token.id)) {
                return token.end;
            }
        }
        String upTo = conversation.render(message + 1, false).text();
        int end = Math.min(commonPrefix(upTo, text), within.end());
        while (end > within.start() && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        if (end <= within.start()) {
            throw unclear(place, message, "neither an end-of-turn token nor the next message shows where it ends");
        }
        return end;
    }

    private static int commonPrefix(String a, String b) {
        int i = 0;
        while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        return i;
    }

    private List<Found> specialTokens(Conversation conversation, String text, TextSpan within) {
        List<Found> found = new ArrayList<>();
        int i = within.start();
        while (i < within.end()) {
            AddedToken token = tokens.at(text, i, conversation.mark());
            if (token != null && token.isSpecial()) {
                found.add(new Found(token.id(), i + token.text().length()));
            }
            i += token == null ? 1 : token.text().length();
        }
        return found;
    }

    private static RowRejectedException unclear(Place place, int message, String found) {
        return place.key("messages")
                .index(message)
                .reject(
                        RowFault.UNCLEAR_TEMPLATE,
                        "a chat template whose text shows where this message stands",
                        found,
                        "set weight 0 on it, or mark assistant text in the template by {% generation %}");
    }

    /** A special token in a text, and the index behind it. */
    private record Found(int id, int end) {}
}
