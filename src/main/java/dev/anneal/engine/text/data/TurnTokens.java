package dev.anneal.engine.text.data;

import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.Place;
import dev.anneal.engine.text.rows.Role;
import dev.anneal.engine.text.rows.RowRejectedException;
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
 * What a chat template writes around an assistant's message, as a short conversation shows it. Base models are often given a template whose end of turn is not
 * their end of sequence.
 *
 * @param ends tokens after which an assistant's message is complete: those of the model, and the template's own
 * @param ownEnd the token that the template itself ends an assistant's message with, or null if it writes none that is special
 * @param prompt what asks the assistant for a message; empty if that does not show
 */
record TurnTokens(
        ControlTokens tokens, Set<Integer> ends, @Nullable Integer ownEnd, String prompt) {

    static TurnTokens of(ModelTokenizer tokenizer, ChatTemplate template) {
        ControlTokens tokens = tokenizer.controlTokens();
        ChatRow probe =
                new ChatRow(List.of(ChatMessage.of(Role.USER, "a"), ChatMessage.of(Role.ASSISTANT, "b")), List.of());
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

    /** The first of the model's ends behind the answer, or else the last special token. */
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

    /** What asks for an answer. Templates such as Phi-3's end the last message alone with a token, which is not written before a generation prompt. */
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

    /** A rendering that ends with the generation prompt, without it; null if that does not show. */
    @Nullable
    String withoutPrompt(String asked) {
        return !prompt.isEmpty() && asked.endsWith(prompt)
                ? asked.substring(0, asked.length() - prompt.length())
                : null;
    }

    /** Where the text behind the last header of an assistant's message in a part of a text begins, or {@link ShownTexts#NOWHERE}. */
    int behindHeader(String text, Span within) {
        int at = prompt.isEmpty() ? -1 : text.lastIndexOf(prompt, within.end() - prompt.length());
        return at < within.start() ? ShownTexts.NOWHERE : at + prompt.length();
    }

    /** Where the first token that completes a message ends in a part of a text, or {@link ShownTexts#NOWHERE}. */
    int firstEnd(String text, Span within, char mark) {
        return firstEnd(text, within, mark, ends);
    }

    /** Where the first token that the template itself completes messages with ends in a part of a text, or {@link ShownTexts#NOWHERE}. */
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
