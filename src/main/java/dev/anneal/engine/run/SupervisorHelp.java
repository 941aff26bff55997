package dev.anneal.engine.run;

import dev.anneal.engine.grade.EndpointClient;
import dev.anneal.engine.grade.Judge;
import dev.anneal.engine.grade.Outside;
import dev.anneal.engine.grade.Sample;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/**
 * Has the supervisor ask models and endpoints. It is waited for until it answers, also while the process is to stop: a step that went on without its
 * grades would not be the one that a resumed training computes. A supervisor in a hurry kills the process, which resumes from its checkpoint.
 */
final class SupervisorHelp {

    /** Bytes of completions in one line; the supervisor reads lines of 8 MiB. */
    private static final int PIECE_BYTES = 2 << 20;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Consumer<Progress> progress;
    private final BlockingQueue<String> replies;
    private final Duration signOfLife;
    private long lastId;

    /**
     * @param replies lines that hold a {@link GradingReply} each
     * @param signOfLife how often a wait says that it is not hung
     */
    SupervisorHelp(Consumer<Progress> progress, BlockingQueue<String> replies, Duration signOfLife) {
        this.progress = progress;
        this.replies = replies;
        this.signOfLife = signOfLife;
    }

    Outside outside() {
        return new Outside(this::judged, this::scored);
    }

    private List<Judge.Answer> judged(String model, List<List<Judge.Message>> conversations, Judge.Sampling sampling) {
        Function<List<List<Judge.Message>>, GradingQuestion> question = piece -> new GradingQuestion.OfModel(
                model,
                piece.stream().map(SupervisorHelp::messages).toList(),
                sampling.temperature(),
                sampling.topP(),
                sampling.maxTokens(),
                sampling.seed());
        return ask(pieces(conversations), question).stream()
                .map(answer -> new Judge.Answer(answer.text(), answer.tokens(), answer.failure()))
                .toList();
    }

    private static List<GradingQuestion.Message> messages(List<Judge.Message> conversation) {
        return conversation.stream()
                .map(message -> new GradingQuestion.Message(message.role(), message.content()))
                .toList();
    }

    private List<EndpointClient.Reply> scored(EndpointClient.Endpoint endpoint, List<Sample> samples) {
        List<GradingQuestion.Completion> completions = samples.stream()
                .map(sample -> new GradingQuestion.Completion(sample.item(), sample.outputText(), sample.toolCalls()))
                .toList();
        Function<List<GradingQuestion.Completion>, GradingQuestion> question = piece -> new GradingQuestion.OfEndpoint(
                endpoint.url().toString(), endpoint.headers(), endpoint.ratePerSecond(), piece);
        return ask(pieces(completions), question).stream()
                .map(answer -> new EndpointClient.Reply(answer.score(), answer.failure()))
                .toList();
    }

    /** Asks all pieces at one time and waits for all. */
    private synchronized <T> List<GradingReply.Answer> ask(
            List<List<T>> pieces, Function<List<T>, GradingQuestion> question) {
        List<Long> asked = new ArrayList<>();
        for (List<T> piece : pieces) {
            lastId++;
            asked.add(lastId);
            progress.accept(new Progress.Asked(lastId, question.apply(piece)));
        }
        Map<Long, List<GradingReply.Answer>> came = new HashMap<>();
        while (!came.keySet().containsAll(asked)) {
            GradingReply reply = next();
            came.put(reply.question(), reply.answers());
        }
        return asked.stream()
                .flatMap(id -> came.getOrDefault(id, List.of()).stream())
                .toList();
    }

    private GradingReply next() {
        try {
            String line = replies.poll(signOfLife.toNanos(), TimeUnit.NANOSECONDS);
            while (line == null) {
                progress.accept(new Progress.Working());
                line = replies.poll(signOfLife.toNanos(), TimeUnit.NANOSECONDS);
            }
            return JSON.readValue(line, GradingReply.class);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the supervisor was asked", e);
        }
    }

    private static <T> List<List<T>> pieces(List<T> all) {
        List<List<T>> pieces = new ArrayList<>();
        int bytes = PIECE_BYTES;
        for (T one : all) {
            int size = JSON.writeValueAsBytes(one).length;
            if (bytes + size > PIECE_BYTES) {
                pieces.add(new ArrayList<>());
                bytes = 0;
            }
            pieces.get(pieces.size() - 1).add(one);
            bytes += size;
        }
        return pieces;
    }
}
