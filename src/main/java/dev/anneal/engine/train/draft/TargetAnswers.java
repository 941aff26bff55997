package dev.anneal.engine.train.draft;

import dev.anneal.engine.math.random.SplitMix64;
import dev.anneal.engine.network.generate.BatchWidth;
import dev.anneal.engine.network.generate.Decoder;
import dev.anneal.engine.network.generate.Prompt;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.train.passes.Steps;
import dev.anneal.engine.train.passes.Training;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.CheckpointWriter;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.engine.train.state.Target;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Answers that a target writes to the prompts of rows, so that its draft learns from the target's own texts instead of
 * those of the file. They are kept while they are written and in checkpoints, so that a stopped training goes on with
 * those that are written. Each answer depends only on the target, the prompt, and the numbers (seed, line).
 */
final class TargetAnswers {

    /** File of the answers in a checkpoint. */
    private static final String FILE = "target-answers.json";

    /** Each time all answers so far are written to disk, so that many rows are not kept at every look. */
    private static final int TIMES_KEPT = 50;

    private final TrainingMethod.Regeneration settings;
    private final Target target;
    private final Training<?> training;
    private final List<EncodedRow> rows;
    private final List<Answered> answered = new ArrayList<>();

    /** How many of them earlier attempts or this one have kept. */
    private int kept;

    /** An answer with its end token, unless it was cut. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Answered(int[] tokens, boolean isCut) {}

    /** Content of the file. */
    record Saved(List<Answered> answers) {}

    /** @param rows all that are to be answered */
    TargetAnswers(TrainingMethod.Regeneration settings, Target target, Training<?> training, List<EncodedRow> rows) {
        this.settings = settings;
        this.target = target;
        this.training = training;
        this.rows = rows;
    }

    /**
     * Writes the answers that are missing, and keeps them.
     *
     * @param ends end tokens
     * @return false if it was abandoned because the training is to stop
     */
    boolean write(Set<Integer> ends, Steps.AnswersSaving saving) throws IOException {
        if (answered.size() == rows.size()) {
            return true;
        }
        training.progress()
                .accept(new Progress.Note("The target writes %,d of %,d answers, at temperature %s"
                        .formatted(rows.size() - answered.size(), rows.size(), settings.temperature())));
        BatchWidth breadth = new BatchWidth(training.job().computeThreads());
        try (IncrementalDecoder model = new IncrementalDecoder(target.model())) {
            Decoder decoder = new Decoder(model, target.adapter(), ends, breadth);
            while (answered.size() < rows.size() && writeSome(decoder)) {
                if (answered.size() - kept > rows.size() / TIMES_KEPT) {
                    keep(saving);
                }
            }
        }
        keep(saving);
        return answered.size() == rows.size();
    }

    private boolean writeSome(Decoder decoder) {
        int end = Math.min(rows.size(), answered.size() + TrainingMethod.Regeneration.ROWS_AT_ONCE);
        List<Prompt> prompts =
                rows.subList(answered.size(), end).stream().map(this::prompt).toList();
        Ranks ranks = training.ranks();
        Optional<List<Answered>> own = training.signal()
                .attempt(betweenTokens -> ranks.own(prompts).stream()
                        .flatMap(portion -> decoder.answer(portion, betweenTokens).stream())
                        .map(answer -> new Answered(answer.chosen(), answer.isCut()))
                        .toList());
        Optional<List<List<Answered>>> answers = ranks.share(own, Answered[].class);
        answers.ifPresent(written -> answered.addAll(ranks.inOrder(written)));
        return answers.isPresent();
    }

    private void keep(Steps.AnswersSaving saving) throws IOException {
        if (answered.size() > kept) {
            saving.save(answered.size(), rows.size(), part());
            kept = answered.size();
        }
    }

    private Prompt prompt(EncodedRow row) {
        int[] prompt = row.lastPrompt();
        TrainingSettings ofJob = training.job().settings();
        int room = ofJob.maxLengthTokens() - prompt.length;
        long seed = SplitMix64.key(ofJob.seed(), row.line());
        return new Prompt(
                prompt,
                Math.max(0, Math.min(room, settings.maxTokens())),
                new Sampling(settings.temperature(), 0, 1, 0, seed));
    }

    /** The rows with these answers, without those whose answer is empty. */
    List<EncodedRow> rows(int begin, int end) {
        List<EncodedRow> written = new ArrayList<>();
        for (int i = begin; i < end; i++) {
            Answered answer = answered.get(i);
            if (answer.tokens().length > 0) {
                written.add(rows.get(i).withLastAnswer(answer.tokens(), answer.isCut()));
            }
        }
        if (written.isEmpty() && begin < end) {
            throw new DataException(
                    DataException.Code.DATASET_INVALID,
                    ("no prompt of the file leaves room for an answer of the target within %,d tokens; raise"
                                    + " anneal.max_length")
                            .formatted(training.job().settings().maxLengthTokens()));
        }
        return written;
    }

    CheckpointWriter.Part part() {
        return CheckpointWriter.Part.json(FILE, new Saved(List.copyOf(answered)));
    }

    /** @throws TrainingException with {@code CHECKPOINT_MISMATCH} if steps were done but answers are missing */
    void restore(CheckpointFolder checkpoint) throws IOException {
        Saved saved = checkpoint.json(FILE, Saved.class);
        int step = checkpoint.state().step();
        if (step > 0 && (saved == null || saved.answers().size() < rows.size())) {
            throw new TrainingException(
                    TrainingException.Code.CHECKPOINT_MISMATCH,
                    step,
                    "it lacks answers of the target in " + FILE + ", on which its steps were trained");
        }
        if (saved != null && saved.answers().size() > answered.size()) {
            answered.clear();
            answered.addAll(saved.answers());
            kept = answered.size();
        }
    }
}
