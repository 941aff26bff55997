package dev.anneal.engine.run.serve;

import dev.anneal.protocol.ServeReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Tokens of an answer that wait until their text is told, so that none tells what is held back of it or belongs to a stop text. */
final class HeldTokens {

    private final Deque<Held> held = new ArrayDeque<>();

    /** Characters that all tokens have given so far. */
    private int given;

    /** Characters that were told. */
    private int told;

    /** @param end characters of the answer up to the token's last one */
    private record Held(ServeReply.Token token, int end) {}

    /** @param gives characters that it adds to the text; none where it is part of one, which it then waits for */
    void add(ServeReply.Token token, int gives) {
        given += gives;
        held.add(new Held(token, gives == 0 ? given + 1 : given));
    }

    /** Tokens whose text is told with further characters. */
    List<ServeReply.Token> told(int characters) {
        told += characters;
        List<ServeReply.Token> tokens = new ArrayList<>();
        while (!held.isEmpty() && held.element().end() <= told) {
            tokens.add(held.remove().token());
        }
        return tokens;
    }

    /** Those that are left when all of the text is told. */
    List<ServeReply.Token> rest() {
        List<ServeReply.Token> tokens = held.stream().map(Held::token).toList();
        held.clear();
        return tokens;
    }
}
