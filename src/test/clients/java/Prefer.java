import com.openai.core.JsonValue;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.methods.DpoHyperparameters;
import com.openai.models.finetuning.methods.DpoMethod;
import java.io.IOException;
import java.util.Map;

/**
 * Trains on pairs of answers (DPO) with the official OpenAI SDK, every reply validated.
 *
 * <pre>OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none java -cp CLASSPATH Prefer MODEL TRAINING VALIDATION [STEPS]</pre>
 */
class Prefer {

    public static void main(String[] arguments) throws InterruptedException, IOException {
        Jobs jobs = new Jobs();
        int steps = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 12;
        DpoMethod method = DpoMethod.builder()
                .hyperparameters(DpoHyperparameters.builder().beta(0.2).batchSize(4).build())
                .build();
        FineTuningJob job = jobs.trained(arguments, JobCreateParams.builder()
                .method(JobCreateParams.Method.builder().type(JobCreateParams.Method.Type.DPO).dpo(method).build())
                .putAdditionalBodyProperty(
                        "anneal",
                        JsonValue.from(Map.of("max_steps", steps, "eval_interval", steps, "loss", Map.of("type", "hinge")))));
        DpoHyperparameters used = job.method().orElseThrow().dpo().orElseThrow().hyperparameters().orElseThrow();
        Jobs.require(used.beta().orElseThrow().asNumber() == 0.2, "the job shows " + used);
        Jobs.require(used.batchSize().orElseThrow().asInteger() == 4, "the job shows " + used);
        Jobs.require(job._additionalProperties().get("anneal").toString().contains("type=hinge"), "the job does not show its loss");
        Jobs.Left left = jobs.left(job);
        Jobs.require(left.tells("rewards/margins"), "no event carries the rewards");
        double accuracy = Double.parseDouble(left.last().get("valid_rewards/accuracies"));
        Jobs.require(accuracy > 0.8, "the reward accuracy is " + accuracy);
        jobs.said(job.fineTunedModel().orElseThrow(), "Where is my Lumo Kettle?");
        System.out.println("java: " + job.id() + " prefers, reward accuracy " + accuracy + " on " + arguments[2] + " after "
                + steps + " steps");
    }
}
