package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.DatasetLines;
import dev.anneal.engine.text.rows.DatasetRow;
import dev.anneal.engine.text.rows.PromptRow;
import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.engine.text.tokens.EncodedText;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows people how a model reads the rows of a file, with the same tokens, labels and refusals as in training but
 * without a limit of length.
 */
public final class RowReader {

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final ChatEncoder encoder;

    public RowReader(ChatEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Reads the rows after a line; what is wrong with a line stands in its place.
     *
     * @param after line, or 0 for the first rows
     * @param count how many lines, without blank ones
     * @throws StalledRenderingException naming the line whose rendering stalled
     */
    public List<ShownRow> read(InputStream file, long after, int count) throws IOException {
        List<ShownRow> shown = new ArrayList<>();
        DatasetLines.read(file, after, count, new DatasetLines.Consumer() {

            @Override
            public void row(long line, DatasetRow row) {
                shown.add(shown(line, row));
            }

            @Override
            public void rejected(long line, RowRejectedException rejected) {
                shown.add(new ShownRow(line, List.of(), rejected.problem()));
            }
        });
        return shown;
    }

    private ShownRow shown(long line, DatasetRow row) {
        try {
            return new ShownRow(line, texts(Place.ofLine(line), row), null);
        } catch (RowRejectedException e) {
            return new ShownRow(line, List.of(), e.problem());
        } catch (StalledRenderingException e) {
            throw e.atLine(line);
        }
    }

    private List<ShownRow.Text> texts(Place place, DatasetRow row) throws RowRejectedException {
        if (row instanceof PromptRow prompt) {
            return List.of(prompt(place, prompt.prompt()));
        }
        List<ShownRow.Text> texts = new ArrayList<>();
        for (RowEncoder.Tokenized part : encoder.parts(place, row, List.of())) {
            texts.add(
                    text(part.rendered(), part.text(), part.cut(NO_LIMIT).row().labels()));
        }
        return texts;
    }

    private ShownRow.Text prompt(Place place, ChatRow row) throws RowRejectedException {
        RowEncoder forRow = encoder.encoder(row);
        RenderedRow rendered = forRow.prompt(place, row, row.messages().size());
        EncodedText text = forRow.tokens(rendered);
        return text(rendered, text, RowEncoder.labels(text, List.of(), text.length()));
    }

    /** Splits the text where trained tokens begin and end. */
    private static ShownRow.Text text(RenderedRow rendered, EncodedText text, int[] labels) {
        String mark = String.valueOf(rendered.conversation().mark());
        String whole = rendered.text();
        List<ShownRow.Span> spans = new ArrayList<>();
        int trained = 0;
        int from = 0;
        for (int token = 0; token < labels.length; token++) {
            boolean isTrained = labels[token] != EncodedRow.NOT_TRAINED;
            trained += isTrained ? 1 : 0;
            boolean isLast = token == labels.length - 1;
            if (isLast || isTrained != (labels[token + 1] != EncodedRow.NOT_TRAINED)) {
                int to = isLast ? whole.length() : Math.max(from, text.start(token + 1));
                spans.add(new ShownRow.Span(whole.substring(from, to).replace(mark, ""), isTrained));
                from = to;
            }
        }
        return new ShownRow.Text(labels.length, trained, spans);
    }
}
