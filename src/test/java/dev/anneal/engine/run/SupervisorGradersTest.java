package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.grade.ErrorFlag;
import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.grade.Grade;
import dev.anneal.engine.grade.Grader;
import dev.anneal.engine.grade.Graders;
import dev.anneal.engine.grade.Sample;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

/** Graders that ask through standard output and input. */
@Timeout(30)
class SupervisorGradersTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<Progress> said = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();
    private final Signals signals = new Signals();
    private final SupervisorGraders help = new SupervisorGraders(
            this::hear, replies, new Pulse(signals, this::hear, Duration.ofMillis(20)), Duration.ofSeconds(30));
    private boolean silent;

    /** Answers as a supervisor would that reads what crossed as JSON, last question first. */
    private void hear(Progress event) {
        Progress read = JSON.readValue(JSON.writerFor(Progress.class).writeValueAsString(event), Progress.class);
        said.add(read);
        if (read instanceof Progress.Asked asked && !silent) {
            answer(asked);
        }
    }

    private void answer(Progress.Asked asked) {
        List<GradingReply.Answer> answers = asked.asked() instanceof GradingQuestion.OfEndpoint endpoint
                ? endpoint.completions().stream()
                        .map(completion -> new GradingReply.Answer(
                                null, Double.valueOf(completion.outputText().strip()), 0, null))
                        .toList()
                : List.of(new GradingReply.Answer("0.5", null, 9, null));
        List<String> waiting = new ArrayList<>();
        replies.drainTo(waiting);
        replies.add(JSON.writeValueAsString(new GradingReply(asked.id(), answers)));
        replies.addAll(waiting);
    }

    private List<Progress> asked() {
        return said.stream().filter(Progress.Asked.class::isInstance).toList();
    }

    private static Grader endpoint() {
        return Graders.parse(
                Map.of(
                        "type",
                        "endpoint",
                        "url",
                        "https://example.com",
                        "headers",
                        Map.of("X-Key", "k"),
                        "rate_limit",
                        5),
                "grader");
    }

    @Test
    void endpointsAreAskedForAllCompletions() {
        List<Sample> samples = List.of(new Sample(Map.of("a", 1), "1"), new Sample(Map.of(), "2.5"));
        assertThat(endpoint().grade(samples, help)).extracting(Grade::reward).containsExactly(1.0, 2.5);
        assertThat(asked())
                .containsExactly(new Progress.Asked(
                        1,
                        new GradingQuestion.OfEndpoint(
                                "https://example.com",
                                Map.of("X-Key", "k"),
                                5,
                                List.of(
                                        new GradingQuestion.Completion(Map.of("a", 1), "1", List.of()),
                                        new GradingQuestion.Completion(Map.of(), "2.5", List.of())))));
    }

    @Test
    void modelsAreAsked() {
        Grader judge = Graders.parse(
                Map.of(
                        "type",
                        "score_model",
                        "model",
                        "m",
                        "input",
                        List.of(Map.of("role", "user", "content", "Rate {{sample.output_text}}"))),
                "grader");
        Grade grade = judge.grade(new Sample(Map.of(), "x"), help);
        assertThat(grade.reward()).isEqualTo(0.5);
        assertThat(grade.judgeTokens()).containsExactly(Map.entry("m", 9L));
        assertThat(asked())
                .containsExactly(new Progress.Asked(
                        1,
                        new GradingQuestion.OfModel(
                                "m",
                                List.of(List.of(new GradingQuestion.Message("user", "Rate x"))),
                                0,
                                1,
                                null,
                                null)));
    }

    @Test
    void muchIsAskedInPiecesAndKeepsItsOrder() {
        List<Sample> samples = IntStream.range(0, 5)
                .mapToObj(i -> new Sample(Map.of(), " ".repeat(1 << 20) + i))
                .toList();
        assertThat(endpoint().grade(samples, help)).extracting(Grade::reward).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0);
        assertThat(asked()).hasSize(2);
    }

    @Test
    void manyAreAskedInPiecesThatEachHavePatienceOfTheirOwn() {
        List<Sample> samples = IntStream.range(0, 600)
                .mapToObj(i -> new Sample(Map.of(), Integer.toString(i)))
                .toList();
        assertThat(endpoint().grade(samples, help))
                .extracting(Grade::reward)
                .isEqualTo(IntStream.range(0, 600).mapToObj(i -> (double) i).toList());
        assertThat(asked())
                .extracting(event -> ((GradingQuestion.OfEndpoint) ((Progress.Asked) event).asked())
                        .completions()
                        .size())
                .containsExactly(256, 256, 88);
    }

    @Test
    void aWaitSaysThatItIsNotHung() throws InterruptedException {
        silent = true;
        Thread late = new Thread(() -> {
            while (said.stream()
                            .filter(event -> event instanceof Progress.Working)
                            .count()
                    < 2) {
                Thread.onSpinWait();
            }
            answer((Progress.Asked) said.get(0));
        });
        late.start();
        assertThat(endpoint().grade(new Sample(Map.of(), "1"), help).reward()).isEqualTo(1.0);
        late.join();
    }

    @Test
    void aStopEndsTheWaitingAndGivesUpTheStep() {
        silent = true;
        Sample sample = new Sample(Map.of(), "1");
        ExternalGraders outside = help;
        signals.requestStop();

        assertThatThrownBy(() -> endpoint().grade(sample, outside)).isInstanceOf(CancellationException.class);
    }

    @Test
    void withoutAnAnswerThereIsNoRewardAndALateOneIsNobodys() {
        silent = true;
        ExternalGraders outside = new SupervisorGraders(this::hear, replies, () -> {}, Duration.ofMillis(100));
        Grade unanswered = endpoint().grade(new Sample(Map.of(), "1"), outside);
        answer((Progress.Asked) said.get(0));
        silent = false;

        Grade answered = endpoint().grade(new Sample(Map.of(), "2"), outside);

        assertThat(unanswered.has(ErrorFlag.UNRESPONSIVE_REWARD_ERROR)).isTrue();
        assertThat(unanswered.errors().get(0).message()).contains("no answer came from the worker within PT0.1S");
        assertThat(answered.reward()).isEqualTo(2.0);
    }

    @Test
    void whatFitsIntoNoQuestionIsNotAsked() {
        String tooLong = " ".repeat(SupervisorGraders.PIECE_BYTES);
        List<Sample> samples =
                List.of(new Sample(Map.of(), "1"), new Sample(Map.of(), tooLong), new Sample(Map.of(), "3"));

        List<Grade> grades = endpoint().grade(samples, help);

        assertThat(grades).extracting(Grade::reward).containsExactly(1.0, null, 3.0);
        assertThat(grades.get(1).errors().get(0).message()).contains("at most 4194304");
    }
}
