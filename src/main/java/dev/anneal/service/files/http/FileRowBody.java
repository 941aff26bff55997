package dev.anneal.service.files.http;

import dev.anneal.engine.text.data.ShownRow;
import dev.anneal.engine.text.fault.RowProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row as the API shows it. */
record FileRowBody(
        String object,
        long line,
        List<TextBody> texts,
        @Nullable RowProblem problem) {

    static FileRowBody of(ShownRow row) {
        return new FileRowBody(
                "file.row", row.line(), row.texts().stream().map(TextBody::of).toList(), row.problem());
    }

    /** A rendered conversation. */
    record TextBody(int tokens, int trainedTokens, List<SpanBody> spans) {

        static TextBody of(ShownRow.Text text) {
            return new TextBody(
                    text.tokens(),
                    text.trainedTokens(),
                    text.spans().stream()
                            .map(span -> new SpanBody(span.text(), span.isTrained()))
                            .toList());
        }
    }

    /** A piece of it. */
    record SpanBody(String text, boolean trained) {}
}
