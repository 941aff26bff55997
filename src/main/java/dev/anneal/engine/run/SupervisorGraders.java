package dev.anneal.engine.run;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.run.task.StoppedException;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Graders that ask models and endpoints through the supervisor, one question at a time. Questions are small enough to
 * be answered in time; completions without an answer in time have no grade. If the training is stopped meanwhile, it
 * drops the step; a resumed training samples and asks the same again.
 */
final class SupervisorGraders implements ExternalGraders {

    /**
     * Time limit for an answer. By default an endpoint that never answers takes half of it: 16 times 16 completions
     * with 4 attempts of 30 s.
     */
    static final Duration PATIENCE = Duration.ofHours(1);

    /** Maximum number of completions in one question. */
    static final int PIECE_COMPLETIONS = 256;

    /** Maximum UTF-8 bytes of completions in one question. A supervisor skips lines of 8 MiB and more. */
    static final int PIECE_BYTES = 4 << 20;

    /** Interval at which the stop signal is checked. */
    private static final long POLL_MILLIS = 50;

    private final Consumer<Progress> progress;
    private final BlockingQueue<String> replies;
    private final Runnable pulse;
    private final Duration patience;
    private long lastId;

    /**
     * @param replies lines with one {@link GradingReply} each
     * @param pulse run repeatedly while waiting; an exception of it ends the wait
     * @param patience time limit for an answer
     */
    SupervisorGraders(Consumer<Progress> progress, BlockingQueue<String> replies, Runnable pulse, Duration patience) {
        this.progress = progress;
        this.replies = replies;
        this.pulse = pulse;
        this.patience = patience;
    }

    @Override
    public List<GradingReply.Answer> ask(GradingQuestion question) {
        return question instanceof GradingQuestion.OfModel ofModel
                ? ask(ofModel.conversations(), ofModel::about)
                : ask(
                        ((GradingQuestion.OfEndpoint) question).completions(),
                        ((GradingQuestion.OfEndpoint) question)::about);
    }

    private synchronized <T> List<GradingReply.Answer> ask(List<T> each, Function<List<T>, GradingQuestion> question) {
        List<GradingReply.Answer> answers = new ArrayList<>();
        List<T> piece = new ArrayList<>();
        long bytes = 0;
        for (T one : each) {
            long size = JsonMapper.shared().writeValueAsBytes(one).length;
            if (bytes + size > PIECE_BYTES || piece.size() == PIECE_COMPLETIONS) {
                answers.addAll(answers(piece, question));
                piece.clear();
                bytes = 0;
            }
            if (size > PIECE_BYTES) {
                answers.add(GradingReply.Answer.failed(
                        "the completion and its row have %d bytes as JSON; at most %d are allowed"
                                .formatted(size, PIECE_BYTES)));
            } else {
                piece.add(one);
                bytes += size;
            }
        }
        answers.addAll(answers(piece, question));
        return answers;
    }

    private <T> List<GradingReply.Answer> answers(List<T> piece, Function<List<T>, GradingQuestion> question) {
        if (piece.isEmpty()) {
            return List.of();
        }
        lastId++;
        GradingQuestion asked = question.apply(List.copyOf(piece));
        progress.accept(new Progress.Asked(lastId, asked));
        List<GradingReply.Answer> answers = await(lastId);
        return answers.isEmpty()
                ? asked.failed("no answer came from the worker within " + patience)
                : asked.complete(answers);
    }

    /** Empty after a timeout. */
    private List<GradingReply.Answer> await(long id) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - deadline < 0) {
            pulse.run();
            @Nullable String line = next();
            GradingReply reply = line == null ? null : JsonMapper.shared().readValue(line, GradingReply.class);
            // Replies to other questions came too late.
            if (reply != null && reply.question() == id) {
                return reply.answers();
            }
        }
        return List.of();
    }

    private @Nullable String next() {
        try {
            return replies.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException();
        }
    }
}
