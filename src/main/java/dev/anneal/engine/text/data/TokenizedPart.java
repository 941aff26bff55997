package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.tokens.EncodedText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tokenized conversation of a row: the whole row, or an answer of a pair with what comes before it. A fault in an
 * answer names the answer alone, because its messages have other positions in the line.
 */
final class TokenizedPart {

    private final RowEncoder encoder;
    private final RowEncoder.Tokenized tokenized;
    private final @Nullable Place answer;

    private TokenizedPart(RowEncoder encoder, RowEncoder.Tokenized tokenized, @Nullable Place answer) {
        this.encoder = encoder;
        this.tokenized = tokenized;
        this.answer = answer;
    }

    /**
     * @param answer where an answer of a pair is, null for a whole row
     * @param counts as in {@link RowEncoder#tokenize}
     */
    static TokenizedPart of(
            RowEncoder encoder, Place row, ChatRow conversation, @Nullable Place answer, List<TokenCount> counts)
            throws RowRejectedException {
        try {
            return new TokenizedPart(encoder, encoder.tokenize(row, conversation, counts), answer);
        } catch (RowRejectedException e) {
            throw answer == null ? e : e.at(answer);
        }
    }

    RowEncoder.Encoded cut(int maxLength) throws RowRejectedException {
        try {
            return encoder.cut(tokenized, maxLength);
        } catch (RowRejectedException e) {
            throw answer == null ? e : e.at(answer);
        }
    }

    RenderedRow rendered() {
        return tokenized.rendered();
    }

    EncodedText text() {
        return tokenized.text();
    }
}
