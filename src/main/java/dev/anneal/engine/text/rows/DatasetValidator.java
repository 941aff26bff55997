package dev.anneal.engine.text.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.foreign.FileSignature;
import dev.anneal.engine.text.foreign.ForeignFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks a dataset line by line in constant memory, without a model. Any content gives a report; only an unreadable
 * stream causes an exception. Each instance is used once.
 */
public final class DatasetValidator {

    /** Bytes at the start of a file by which another format is recognised. */
    private static final int HEAD_BYTES = 1 << 18;

    private final byte[] head;
    private final ProblemLog problems = new ProblemLog();
    private final UnknownKeys unknownKeys = new UnknownKeys();
    private final ItemKeysCounter itemKeys = new ItemKeysCounter();
    private long lines;
    private long accepted;
    private long messages;
    private long trainedMessages;

    private @Nullable Suspicion suspicion;

    private @Nullable RowProblem otherFormat;

    private DatasetValidator(byte[] head) {
        this.head = head;
    }

    /** Checks a stream to its end, or until another format is recognised, and leaves it open. */
    @SuppressWarnings("resource") // the stream is the caller's
    public static ValidationReport validate(InputStream in) throws IOException {
        byte[] head = in.readNBytes(HEAD_BYTES);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), in);
        return new DatasetValidator(head).report(new DatasetFile(whole));
    }

    private ValidationReport report(DatasetFile rows) throws IOException {
        Optional<ForeignFormat> other = FileSignature.of(head);
        other.ifPresent(format -> refuseWhole(format.problem()));
        while (otherFormat == null && rows.next()) {
            lines++;
            try {
                RowParser.Parsed parsed = rows.row();
                clearSuspicion();
                accept(rows.line(), parsed);
            } catch (RowRejectedException e) {
                refuse(e.problem());
            }
        }
        Suspicion unanswered = suspicion;
        if (unanswered != null) {
            refuseWhole(unanswered.file());
        }
        Verdict verdict = verdict();
        DatasetFormat format = rows.format();
        return new ValidationReport(
                verdict.code == null ? null : verdict.code.wireName(),
                verdict.message,
                format == null ? DatasetFormat.CHAT : format,
                lines,
                rows.blankLines(),
                accepted,
                problems.counts(),
                problems.first(),
                messages,
                trainedMessages,
                unknownKeys.counts(),
                unknownKeys.warnings(),
                format == DatasetFormat.REINFORCEMENT ? itemKeys.counted() : null,
                rows.hasByteOrderMark());
    }

    /**
     * Records a problem. A first line in an apparent other format is kept as a suspicion, which the next line confirms
     * or clears.
     */
    private void refuse(RowProblem problem) {
        Suspicion before = suspicion;
        if (before != null && before.isConfirmedBy(problem)) {
            refuseWhole(before.file());
            return;
        }
        clearSuspicion();
        Optional<RowProblem> file = lines == 1 ? faultOfFile(problem) : Optional.empty();
        if (file.isPresent()) {
            suspicion = new Suspicion(problem, file.get());
        } else {
            problems.add(problem);
        }
    }

    private Optional<RowProblem> faultOfFile(RowProblem problem) {
        return problem.reason() == RowFault.OTHER_FORMAT
                ? Optional.of(problem)
                : ForeignText.of(new String(head, UTF_8), head.length < HEAD_BYTES)
                        .map(ForeignFormat::problem);
    }

    private void clearSuspicion() {
        Suspicion before = suspicion;
        if (before != null) {
            problems.add(before.row());
            suspicion = null;
        }
    }

    private void refuseWhole(RowProblem problem) {
        suspicion = null;
        lines = 1;
        problems.add(problem);
        otherFormat = problem;
    }

    private void accept(long line, RowParser.Parsed parsed) {
        accepted++;
        count(parsed.row().conversation().messages());
        if (parsed.row() instanceof PreferenceRow pair) {
            count(List.of(pair.rejected().lastMessage()));
        }
        if (parsed.row() instanceof PromptRow prompt) {
            itemKeys.add(prompt.item());
        }
        parsed.unknownKeys().forEach(key -> unknownKeys.add(line, key));
    }

    private void count(List<ChatMessage> counted) {
        messages += counted.size();
        trainedMessages += counted.stream().filter(ChatMessage::isTrained).count();
    }

    private Verdict verdict() {
        if (lines == 0) {
            return new Verdict(
                    DataException.Code.DATASET_INVALID,
                    "The file is empty. Write one JSON object a line, at least %d of them."
                            .formatted(DatasetLimits.MINIMUM_ROWS));
        }
        if (otherFormat != null) {
            return new Verdict(
                    DataException.Code.DATASET_INVALID,
                    "The file holds %s. Expected is %s: %s."
                            .formatted(otherFormat.found(), otherFormat.expected(), otherFormat.remedy()));
        }
        if (!problems.isEmpty()) {
            return new Verdict(
                    DataException.Code.DATASET_INVALID,
                    "%,d of %,d lines cannot be used. The first is %s."
                            .formatted(problems.total(), lines, problems.first().get(0)));
        }
        if (accepted < DatasetLimits.MINIMUM_ROWS) {
            return new Verdict(
                    DataException.Code.DATASET_TOO_SMALL,
                    "The file holds %d rows. At least %d are needed; 50 or more are advised."
                            .formatted(accepted, DatasetLimits.MINIMUM_ROWS));
        }
        return new Verdict(null, null);
    }

    /**
     * A first line that suggests that the whole file has another format.
     *
     * @param row problem of the line if it does not
     * @param file problem of the file if it does
     */
    private record Suspicion(RowProblem row, RowProblem file) {

        /**
         * Whether the next line is invalid for the same reason. In a text that is not JSON lines, each line fails
         * differently.
         */
        boolean isConfirmedBy(RowProblem next) {
            return row.reason() != RowFault.OTHER_FORMAT
                    || (next.reason() == RowFault.OTHER_FORMAT && next.found().equals(row.found()));
        }
    }

    /** Why a file is unusable; both are null if it is usable. */
    private record Verdict(
            DataException.@Nullable Code code, @Nullable String message) {}
}
