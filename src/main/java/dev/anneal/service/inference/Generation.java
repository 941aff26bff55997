package dev.anneal.service.inference;

import dev.anneal.protocol.ServeReply;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A running generation. Read by one thread; closing it before its end cancels it. */
public final class Generation implements AutoCloseable {

    private final BlockingQueue<ServeReply> replies = new LinkedBlockingQueue<>();
    private final int choices;
    private final long deadlineNanos;
    private final Duration timeout;

    /** Last added, first run. */
    private final Deque<Runnable> closings = new ArrayDeque<>();

    private String fingerprint = "";
    private int promptTokens;
    private ServeReply.TokenCounts tokens = ServeReply.TokenCounts.NONE;
    private int endedChoices;

    /**
     * @param timeout total time limit
     */
    Generation(int choices, Duration timeout) {
        this.choices = choices;
        this.timeout = timeout;
        this.deadlineNanos = System.nanoTime() + timeout.toNanos();
    }

    /** The answers when all of them are complete. */
    public record Whole(int promptTokens, List<Choice> choices) {

        public Whole {
            choices = List.copyOf(choices);
        }

        /** Tokens of all answers. */
        public ServeReply.TokenCounts tokens() {
            return choices.stream()
                    .map(Choice::counts)
                    .reduce(ServeReply.TokenCounts.NONE, ServeReply.TokenCounts::plus);
        }
    }

    /**
     * One answer.
     *
     * @param tokens empty unless log-probabilities were requested
     * @param finishReason {@code stop} or {@code length}
     */
    public record Choice(
            String text, List<ServeReply.Token> tokens, String finishReason, ServeReply.TokenCounts counts) {

        public Choice {
            tokens = List.copyOf(tokens);
        }
    }

    /** Receives a reply, on any thread. */
    void take(ServeReply reply) {
        replies.add(reply);
    }

    void begun(String newFingerprint) {
        fingerprint = newFingerprint;
    }

    /** @param closing runs once, when the generation is closed; the last one added runs first */
    void whenClosed(Runnable closing) {
        closings.push(closing);
    }

    /** Waits until the prompt is accepted. */
    void awaitAcceptance() {
        ServeReply first = null;
        while (first == null) {
            first = next(timeout);
        }
        if (first instanceof ServeReply.Accepted accepted) {
            promptTokens = accepted.promptTokens();
        }
    }

    /** Identifies the weights: equal for the same base model and adapter. */
    public String fingerprint() {
        return fingerprint;
    }

    public int promptTokens() {
        return promptTokens;
    }

    /** Tokens of completed choices. */
    public ServeReply.TokenCounts tokens() {
        return tokens;
    }

    /** Whether all choices have ended. */
    public boolean isComplete() {
        return endedChoices == choices;
    }

    /**
     * The next {@link ServeReply.Text} or {@link ServeReply.Ended}.
     *
     * @return null if none came within {@code patience}
     * @throws Refusal if the generation was refused, has failed or takes too long
     */
    public @Nullable ServeReply next(Duration patience) {
        ServeReply reply = poll(Math.min(patience.toNanos(), Math.max(0, deadlineNanos - System.nanoTime())));
        if (reply instanceof ServeReply.Refused refused) {
            throw EngineRefusals.of(refused);
        }
        if (reply instanceof ServeReply.Ended ended) {
            endedChoices++;
            tokens = tokens.plus(ended.tokens());
        }
        if (reply == null && System.nanoTime() >= deadlineNanos) {
            throw timedOut(timeout);
        }
        return reply;
    }

    /** Not {@code service_unavailable}, because the same request would probably take as long again. */
    public static Refusal timedOut(Duration timeout) {
        return new Refusal(
                RefusalCode.GENERATION_TIMEOUT,
                "The generation took longer than " + timeout.toSeconds()
                        + " s (anneal.inference.request-timeout) and was given up. Ask for fewer tokens, or try again"
                        + " later.");
    }

    private @Nullable ServeReply poll(long nanos) {
        try {
            return replies.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refusal(RefusalCode.SERVICE_UNAVAILABLE, "The service stops. Try again.");
        }
    }

    /** Waits for the rest of the generation. */
    public Whole whole() {
        List<StringBuilder> texts = new ArrayList<>();
        List<List<ServeReply.Token>> tokens = new ArrayList<>();
        List<ServeReply.@Nullable Ended> ends = new ArrayList<>();
        for (int choice = 0; choice < choices; choice++) {
            texts.add(new StringBuilder());
            tokens.add(new ArrayList<>());
            ends.add(null);
        }
        while (!isComplete()) {
            ServeReply reply = next(timeout);
            if (reply instanceof ServeReply.Text text) {
                texts.get(text.choice()).append(text.text());
                tokens.get(text.choice()).addAll(text.tokens());
            }
            if (reply instanceof ServeReply.Ended ended) {
                ends.set(ended.choice(), ended);
            }
        }
        List<Choice> all = new ArrayList<>();
        for (int choice = 0; choice < choices; choice++) {
            ServeReply.Ended ended = ends.get(choice);
            if (ended != null) {
                all.add(new Choice(texts.get(choice).toString(), tokens.get(choice), ended.reason(), ended.tokens()));
            }
        }
        return new Whole(promptTokens, all);
    }

    @Override
    public void close() {
        while (!closings.isEmpty()) {
            closings.pop().run();
        }
    }
}
