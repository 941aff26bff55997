package dev.anneal.engine.run.evaluate;

import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.rows.MessageRole;
import java.util.List;
import java.util.Objects;

/** Finds the last question of a conversation. */
final class LastQuestion {

    private LastQuestion() {}

    /** Text of the last user message; empty if there is none. */
    static String in(List<ChatMessage> messages) {
        String question = "";
        for (ChatMessage message : messages) {
            question = message.role() == MessageRole.USER ? text(message) : question;
        }
        return question;
    }

    static String text(ChatMessage message) {
        return Objects.requireNonNullElse(message.content(), "");
    }
}
