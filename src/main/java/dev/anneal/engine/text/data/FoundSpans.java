package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.Rendering.Span;
import dev.anneal.engine.text.template.TemplateException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the assistant's messages in the text of a template that does not mark them. A message begins at the end of the
 * rendering of the messages before it, with the generation prompt, and extends at most to the end of the rendering of
 * the messages up to it: exactly where generation will start and stop.
 *
 * <p>Some templates write a message differently once others follow. Then the message is located by its own texts and
 * its neighbours', and the row is refused if that fails. Text that a template writes between two messages is the same
 * throughout a conversation, so it is analysed once.
 */
final class FoundSpans {

    /** Number of last characters of a generation prompt that suffice to recognise it elsewhere. */
    private static final int HEADER_CHARACTERS = 6;

    private final RenderedRow rendered;
    private final Conversation conversation;
    private final String text;
    private final ShownTexts shown;
    private final TurnTokens turns;
    private final Map<Seam, Integer> lengths = new HashMap<>();

    FoundSpans(RenderedRow rendered, TurnTokens turns) {
        this.rendered = rendered;
        this.conversation = rendered.conversation();
        this.text = rendered.text();
        this.shown = rendered.shown();
        this.turns = turns;
    }

    /** The spans of the trained messages, ascending. */
    List<Span> trained() throws RowRejectedException {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < conversation.size(); i++) {
            if (rendered.message(i).isTrained()) {
                int start = start(i);
                spans.add(new Span(start, end(i, start)));
            }
        }
        spans.sort(Comparator.comparingInt(Span::start));
        return spans;
    }

    private int start(int message) throws RowRejectedException {
        int first = shown.first(message);
        if (first == ShownTexts.NOWHERE) {
            return startByPrompt(message, new Span(0, text.length()));
        }
        Span before = new Span(shown.endBefore(message, first), first);
        Seam seam = seam(message, before, true);
        @Nullable Integer known = lengths.get(seam);
        int start = known == null ? startByPrompt(message, before) : before.start() + known;
        lengths.put(seam, start - before.start());
        return start;
    }

    private int startByPrompt(int message, Span within) throws RowRejectedException {
        @Nullable String prompt = rendered(message, true);
        int length = prompt != null && text.startsWith(prompt) ? prompt.length() : ShownTexts.NOWHERE;
        if (length >= within.start() && length <= within.end()) {
            return length;
        }
        int behindHeader = behindHeader(message, within);
        if (behindHeader != ShownTexts.NOWHERE) {
            return behindHeader;
        }
        if (shown.isLocated(message) && shown.showsEndFirst(message)) {
            throw rendered.unclear(message, "only its end: the template leaves out its beginning, as its reasoning");
        }
        if (!shown.beginsWithWords(message)) {
            throw rendered.unclear(message, "its text before this message depends on later messages");
        }
        return withSpaceBefore(within, prompt);
    }

    /**
     * Position after the header of a message. If the message shows no text, the header must be the only one between its
     * neighbours' texts.
     */
    private int behindHeader(int message, Span within) {
        if (shown.first(message) != ShownTexts.NOWHERE) {
            return turns.behindHeader(text, within);
        }
        boolean isAlone = shown.isLocated(message)
                && shown.neighbours(message).allMatch(i -> !rendered.isAssistant(i) && shown.isLocated(i));
        return isAlone ? turns.behindHeader(text, shown.between(message, text.length())) : ShownTexts.NOWHERE;
    }

    /** Moves a start left over white space that the generation prompt leaves to the model. */
    private int withSpaceBefore(Span within, @Nullable String prompt) {
        if (prompt == null) {
            return within.end();
        }
        String header = prompt.substring(Math.max(0, prompt.length() - HEADER_CHARACTERS));
        for (int at = within.end(); at > within.start(); at--) {
            if (text.startsWith(header, at - header.length())) {
                return at;
            }
            if (!PythonSpace.isSpace(text.charAt(at - 1))) {
                break;
            }
        }
        return within.end();
    }

    private int end(int message, int start) throws RowRejectedException {
        int last = Math.max(start, shown.last(message));
        int next = shown.startBehind(message, last);
        Span behind = new Span(last, next == ShownTexts.NOWHERE ? text.length() : next);
        Seam seam = seam(message, behind, false);
        @Nullable Integer known = shown.last(message) == last ? lengths.get(seam) : null;
        int end = known == null ? endWithin(message, behind) : last + known;
        if (end <= start) {
            throw rendered.unclear(message, "neither an end-of-turn token nor the next message shows where it ends");
        }
        lengths.put(seam, end - last);
        return end;
    }

    private int endWithin(int message, Span behind) throws RowRejectedException {
        @Nullable String upTo = message + 1 == conversation.size() ? text : rendered(message + 1, false);
        int common = upTo == null ? 0 : commonPrefix(upTo);
        if (upTo == null || common < behind.start()) {
            return endOfChanged(message, behind);
        }
        @Nullable Integer limit = limit(message, upTo, common);
        if (limit == null && !shown.isLocated(message)) {
            return endOfChanged(message, behind);
        }
        int bound = limit == null ? common : limit;
        int from = behindCalls(message, new Span(behind.start(), bound));
        int end = turns.firstEnd(text, new Span(from, bound), conversation.mark());
        if (end != ShownTexts.NOWHERE) {
            return end;
        }
        if (limit != null) {
            return PythonSpace.end(text, behind.start(), limit);
        }
        return shown.beginsWithWords(message) && calls(message).isEmpty()
                ? behind.start()
                : endOfChanged(message, behind);
    }

    /** Position after the names of the last calls, whose arguments have no text to locate. */
    private int behindCalls(int message, Span within) {
        int from = within.start();
        String part = text.substring(within.start(), within.end());
        for (String name : FunctionNames.behindTexts(calls(message))) {
            int at = part.indexOf(name, from - within.start());
            if (at < 0) {
                break;
            }
            from = within.start() + at + name.length();
        }
        return from;
    }

    private List<?> calls(int message) {
        return conversation.messages().get(message).get("tool_calls") instanceof List<?> calls ? calls : List.of();
    }

    /**
     * End of the rendering of the messages up to this one, if the template writes them the same when others follow;
     * otherwise null.
     */
    private @Nullable Integer limit(int message, String upTo, int common) {
        if (common == upTo.length()) {
            return common;
        }
        // Text written only after the last message is not written before a generation prompt.
        @Nullable String asked = rendered(message + 1, true);
        @Nullable String unasked = asked == null ? null : turns.withoutPrompt(asked);
        return unasked != null && unasked.length() >= shown.last(message) && text.startsWith(unasked)
                ? unasked.length()
                : null;
    }

    /** The end of a message that is written differently when it is the last: shown only by the template's end token. */
    private int endOfChanged(int message, Span behind) throws RowRejectedException {
        int end = shown.isLocatedUpToNext(message, behind.start())
                ? turns.firstOwnEnd(text, behind, conversation.mark())
                : ShownTexts.NOWHERE;
        if (end == ShownTexts.NOWHERE) {
            throw rendered.unclear(
                    message, "it writes this message differently once others follow, as without its reasoning");
        }
        return end;
    }

    private int commonPrefix(String other) {
        int i = 0;
        while (i < other.length() && i < text.length() && other.charAt(i) == text.charAt(i)) {
            i++;
        }
        return i;
    }

    /** A rendering of the first messages; null if the template does not accept every beginning of a conversation. */
    private @Nullable String rendered(int messages, boolean addGenerationPrompt) {
        try {
            return conversation.render(messages, addGenerationPrompt).text();
        } catch (TemplateException e) {
            return null;
        }
    }

    private Seam seam(int message, Span span, boolean isBefore) {
        return new Seam(
                text.substring(span.start(), span.end()),
                isBefore,
                shown.isWhole(message),
                conversation.messages().get(message).keySet());
    }

    /**
     * Text between the texts of an assistant's message and those of its neighbour.
     *
     * @param isWhole whether the template shows the message's texts completely
     * @param keys keys of the message
     */
    private record Seam(String text, boolean isBefore, boolean isWhole, Set<String> keys) {}
}
