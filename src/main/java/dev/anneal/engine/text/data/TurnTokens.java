package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.MessageRole;
import dev.anneal.engine.text.template.ChatTemplate;
import dev.anneal.engine.text.template.Rendering.Span;
import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.tokens.AddedToken;
import dev.anneal.engine.text.tokens.ControlTokens;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chat template's text around an assistant's message, derived from a short conversation. Base models often have a
 * template whose end of turn is not their end of sequence.
 *
 * @param ends tokens that end an assistant's message: the model's and the template's
 * @param ownEnd the special token with which the template ends an assistant's message, or null
 * @param prompt the generation prompt; empty if it cannot be determined
 */
record TurnTokens(
        ControlTokens tokens, Set<Integer> ends, @Nullable Integer ownEnd, String prompt) {

    static TurnTokens of(ModelTokenizer tokenizer, ChatTemplate template) {
        ControlTokens tokens = tokenizer.controlTokens();
        ChatRow probe = new ChatRow(
                List.of(ChatMessage.of(MessageRole.USER, "a"), ChatMessage.of(MessageRole.ASSISTANT, "b")), List.of());
        try {
            Conversation conversation = Conversation.of(Place.ofNoFile(), probe, template, tokenizer);
            Set<Integer> ends = new HashSet<>(tokenizer.endIds());
            @Nullable Integer ownEnd = ownEnd(tokens, ends, conversation);
            if (ownEnd != null) {
                ends.add(ownEnd);
            }
            return new TurnTokens(tokens, Set.copyOf(ends), ownEnd, prompt(tokens, conversation));
        } catch (TemplateException | RowRejectedException e) {
            // The template does not accept this conversation.
            return new TurnTokens(tokens, Set.copyOf(tokenizer.endIds()), null, "");
        }
    }

    /** The first of the model's end tokens after the answer, or else the last special token. */
    private static @Nullable Integer ownEnd(ControlTokens tokens, Set<Integer> ends, Conversation conversation) {
        String text = conversation.render(2, false).text();
        int from = ShownTexts.of(conversation, false, text).last(1);
        @Nullable Integer last = null;
        for (int i = from; from != ShownTexts.NOWHERE && i < text.length(); i++) {
            AddedToken token = tokens.at(text, i, conversation.mark());
            if (token != null && token.isSpecial()) {
                last = token.id();
                if (ends.contains(last)) {
                    return last;
                }
            }
        }
        return last;
    }

    /**
     * The generation prompt. Templates such as Phi-3's end only the last message with a token, which is not written
     * before a generation prompt.
     */
    private static String prompt(ControlTokens tokens, Conversation conversation) {
        String asked = conversation.render(1, true).text();
        String unasked = conversation.render(1, false).text();
        int at = 0;
        while (at < asked.length()) {
            AddedToken token = tokens.at(asked, at, conversation.mark());
            int length = token == null ? 1 : token.text().length();
            if (!unasked.regionMatches(at, asked, at, length)) {
                break;
            }
            at += length;
        }
        return asked.substring(at);
    }

    /** A rendering without the generation prompt at its end; null if it cannot be determined. */
    @Nullable
    String withoutPrompt(String asked) {
        return !prompt.isEmpty() && asked.endsWith(prompt)
                ? asked.substring(0, asked.length() - prompt.length())
                : null;
    }

    /** Position after the last header of an assistant's message within a span, or {@link ShownTexts#NOWHERE}. */
    int behindHeader(String text, Span within) {
        int at = prompt.isEmpty() ? -1 : text.lastIndexOf(prompt, within.end() - prompt.length());
        return at < within.start() ? ShownTexts.NOWHERE : at + prompt.length();
    }

    /** End of the first end token within a span, or {@link ShownTexts#NOWHERE}. */
    int firstEnd(String text, Span within, char mark) {
        return firstEnd(text, within, mark, ends);
    }

    /** End of the template's first own end token within a span, or {@link ShownTexts#NOWHERE}. */
    int firstOwnEnd(String text, Span within, char mark) {
        return ownEnd == null ? ShownTexts.NOWHERE : firstEnd(text, within, mark, Set.of(ownEnd));
    }

    private int firstEnd(String text, Span within, char mark, Set<Integer> of) {
        int at = within.start();
        while (at < within.end()) {
            AddedToken token = tokens.at(text, at, mark);
            at += token == null ? 1 : token.text().length();
            if (token != null && at <= within.end() && of.contains(token.id())) {
                return at;
            }
        }
        return ShownTexts.NOWHERE;
    }
}
