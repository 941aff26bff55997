package dev.anneal.engine.run.serve;

import dev.anneal.protocol.ServeReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Tokens of an answer that wait until their text is emitted, so that none reveals text that is held back or part of a
 * stop text.
 */
final class HeldTokens {

    private final Deque<Held> held = new ArrayDeque<>();

    /** Characters of all tokens so far. */
    private int given;

    /** Characters emitted so far. */
    private int told;

    /**
     * @param end characters of the answer up to the end of the token
     */
    private record Held(ServeReply.Token token, int end) {}

    /**
     * @param gives characters that it adds to the text; 0 for a partial character, for whose rest it waits
     */
    void add(ServeReply.Token token, int gives) {
        given += gives;
        held.add(new Held(token, gives == 0 ? given + 1 : given));
    }

    /** Tokens whose text is emitted with further characters. */
    List<ServeReply.Token> told(int characters) {
        told += characters;
        List<ServeReply.Token> tokens = new ArrayList<>();
        while (!held.isEmpty() && held.element().end() <= told) {
            tokens.add(held.remove().token());
        }
        return tokens;
    }

    /** The remaining tokens once all text is emitted. */
    List<ServeReply.Token> remaining() {
        List<ServeReply.Token> tokens = held.stream().map(Held::token).toList();
        held.clear();
        return tokens;
    }
}
