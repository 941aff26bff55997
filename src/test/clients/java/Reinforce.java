import com.openai.core.JsonValue;
import com.openai.models.finetuning.alpha.graders.GraderRunParams;
import com.openai.models.finetuning.alpha.graders.GraderRunResponse;
import com.openai.models.finetuning.alpha.graders.GraderValidateParams;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.methods.ReinforcementHyperparameters;
import com.openai.models.finetuning.methods.ReinforcementMethod;
import com.openai.models.graders.gradermodels.MultiGrader;
import com.openai.models.graders.gradermodels.ScoreModelGrader;
import com.openai.models.graders.gradermodels.StringCheckGrader;
import com.openai.models.graders.gradermodels.TextSimilarityGrader;
import com.openai.services.blocking.finetuning.alpha.GraderService;
import java.io.IOException;
import java.util.Map;

/**
 * Trains on rewards (GRPO) with the official OpenAI SDK, every reply validated.
 *
 * <pre>OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none java -cp CLASSPATH Reinforce MODEL TRAINING VALIDATION [STEPS]</pre>
 */
class Reinforce {

    private static final String OUTPUT = "{{sample.output_text}}";
    private static final String ANSWER = "{{item.answer}}";

    private static final StringCheckGrader SUM = StringCheckGrader.builder()
            .name("sum")
            .input(OUTPUT)
            .reference(ANSWER)
            .operation(StringCheckGrader.Operation.EQ)
            .build();

    private static final TextSimilarityGrader NEAR = TextSimilarityGrader.builder()
            .name("near")
            .input(OUTPUT)
            .reference(ANSWER)
            .evaluationMetric(TextSimilarityGrader.EvaluationMetric.FUZZY_MATCH)
            .build();

    private static final MultiGrader TWICE =
            MultiGrader.builder().name("twice").graders(SUM).calculateOutput("2 * sum").build();

    public static void main(String[] arguments) throws InterruptedException, IOException {
        Jobs jobs = new Jobs();
        grade(jobs.client().fineTuning().alpha().graders(), arguments[0]);
        int steps = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 6;
        ReinforcementMethod method = ReinforcementMethod.builder()
                .grader(TWICE)
                .hyperparameters(ReinforcementHyperparameters.builder()
                        .batchSize(4)
                        .computeMultiplier(0.5)
                        .evalInterval(steps)
                        .evalSamples(2)
                        .reasoningEffort(ReinforcementHyperparameters.ReasoningEffort.DEFAULT)
                        .build())
                .build();
        FineTuningJob job = jobs.trained(arguments, JobCreateParams.builder()
                .method(JobCreateParams.Method.builder()
                        .type(JobCreateParams.Method.Type.REINFORCEMENT)
                        .reinforcement(method)
                        .build())
                .putAdditionalBodyProperty(
                        "anneal",
                        JsonValue.from(Map.of("max_steps", steps, "rollouts", Map.of("max_completion_tokens", 16)))));
        requireShown(job, steps);
        Jobs.Left left = jobs.left(job);
        Jobs.require(left.tells("rewards/sum/mean"), "no event carries the rewards");
        double reward = Double.parseDouble(left.last().get("valid_reward"));
        Jobs.require(reward > 0 && reward <= 2, "the reward is " + reward);
        String answer = jobs.said(job.fineTunedModel().orElseThrow(), "What is 17 + 25?");
        System.out.println("java: " + job.id() + " was rewarded, " + reward + " on " + arguments[2] + " after " + steps
                + " steps, and says 17 + 25 = " + answer);
    }

    private static void grade(GraderService graders, String model) {
        ScoreModelGrader judge = ScoreModelGrader.builder()
                .name("judge")
                .model(model)
                .addInput(ScoreModelGrader.Input.builder()
                        .role(ScoreModelGrader.Input.Role.USER)
                        .content("What is " + OUTPUT + "?")
                        .build())
                .addRange(0)
                .addRange(1000)
                .build();
        validate(graders, GraderValidateParams.builder().grader(SUM).build());
        validate(graders, GraderValidateParams.builder().grader(NEAR).build());
        validate(graders, GraderValidateParams.builder().grader(judge).build());
        validate(graders, GraderValidateParams.builder().grader(TWICE).build());
        double half = run(graders, GraderRunParams.builder().grader(NEAR).modelSample("41")).reward();
        Jobs.require(half == 0.5, "'41' is worth " + half);
        GraderRunResponse twice = run(graders, GraderRunParams.builder().grader(TWICE).modelSample("42"));
        Jobs.require(twice.reward() == 2, "'42' is worth " + twice.reward());
        Jobs.require(twice.subRewards()._allProperties().containsKey("sum"), "parts are worth " + twice.subRewards());
        GraderRunResponse judged = run(graders, GraderRunParams.builder().grader(judge).modelSample("17 + 25"));
        Jobs.require(judged.metadata().tokenUsage().orElse(0L) > 0, "nobody was asked: " + judged);
    }

    private static void validate(GraderService graders, GraderValidateParams params) {
        Jobs.require(
                graders.validate(params).validate().grader().orElseThrow().toString().equals(params.grader().toString()),
                "another grader came back than " + params.grader());
    }

    private static GraderRunResponse run(GraderService graders, GraderRunParams.Builder params) {
        return graders.run(params.item(JsonValue.from(Map.of("answer", "42"))).build()).validate();
    }

    private static void requireShown(FineTuningJob job, int steps) {
        ReinforcementMethod shown = job.method().orElseThrow().reinforcement().orElseThrow();
        ReinforcementHyperparameters used = shown.hyperparameters().orElseThrow();
        Jobs.require(shown.grader().asMulti().equals(TWICE), "the job shows " + shown.grader());
        Jobs.require(used.computeMultiplier().orElseThrow().asNumber() == 0.5, "the job shows " + used);
        Jobs.require(used.evalInterval().orElseThrow().asInteger() == steps, "the job shows " + used);
        Jobs.require(used.evalSamples().orElseThrow().asInteger() == 2, "the job shows " + used);
        String anneal = job._additionalProperties().get("anneal").toString();
        Jobs.require(anneal.contains("group_size=4") && anneal.contains("max_completion_tokens=16"), "the job shows " + anneal);
    }
}
