import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.methods.SupervisedHyperparameters;
import com.openai.models.finetuning.methods.SupervisedMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Submits a fine-tuning job with the official OpenAI SDK, every reply validated, and follows it to its end.
 *
 * <pre>OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none java -cp CLASSPATH Submit MODEL TRAINING VALIDATION [EPOCHS]</pre>
 */
class Submit {

    public static void main(String[] arguments) throws InterruptedException, IOException {
        Jobs jobs = new Jobs();
        long epochs = arguments.length > 3 ? Long.parseLong(arguments[3]) : 1;
        SupervisedMethod method = SupervisedMethod.builder()
                .hyperparameters(SupervisedHyperparameters.builder().nEpochs(epochs).batchSize(8).build())
                .build();
        FineTuningJob job = jobs.trained(arguments, JobCreateParams.builder()
                .suffix("java")
                .method(JobCreateParams.Method.builder()
                        .type(JobCreateParams.Method.Type.SUPERVISED)
                        .supervised(method)
                        .build()));
        List<String> losses = new ArrayList<>();
        jobs.left(job).checkpoints().forEach(checkpoint ->
                checkpoint.metrics().fullValidLoss().ifPresent(loss -> losses.add(checkpoint.stepNumber() + "=" + loss)));
        Jobs.require(!losses.isEmpty(), "no checkpoint carries a validation loss");
        String model = job.fineTunedModel().orElseThrow();
        jobs.said(arguments[0], "Where is my Lumo Kettle?");
        jobs.said(model, "Where is my Lumo Kettle?");
        System.out.println("java: " + job.id() + " " + model + " trained " + job.trainedTokens().orElseThrow()
                + " tokens, validation loss by step " + losses);
    }
}
