import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.methods.SupervisedHyperparameters;
import com.openai.models.finetuning.methods.SupervisedMethod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Submits a fine-tuning job with the official OpenAI SDK, every reply validated, and follows it to its end.
 *
 * <pre>OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=none java -cp CLASSPATH Submit.java MODEL TRAINING VALIDATION [EPOCHS]</pre>
 */
class Submit {

    public static void main(String[] arguments) throws InterruptedException {
        OpenAIClient client = OpenAIOkHttpClient.builder().fromEnv().responseValidation(true).build();
        String training = upload(client, arguments[1]);
        String validation = upload(client, arguments[2]);
        long epochs = arguments.length > 3 ? Long.parseLong(arguments[3]) : 1;
        SupervisedMethod method = SupervisedMethod.builder()
                .hyperparameters(SupervisedHyperparameters.builder().nEpochs(epochs).batchSize(8).build())
                .build();
        FineTuningJob job = client.fineTuning().jobs().create(JobCreateParams.builder()
                .model(arguments[0])
                .trainingFile(training)
                .validationFile(validation)
                .suffix("java")
                .seed(7)
                .method(JobCreateParams.Method.builder()
                        .type(JobCreateParams.Method.Type.SUPERVISED)
                        .supervised(method)
                        .build())
                .build());
        while (job.finishedAt().isEmpty()) {
            Thread.sleep(500);
            job = client.fineTuning().jobs().retrieve(job.id());
        }
        require(job.status().equals(FineTuningJob.Status.SUCCEEDED), "the job ended as " + job.status() + " " + job.error());
        List<String> losses = new ArrayList<>();
        client.fineTuning().jobs().checkpoints().list(job.id()).autoPager().forEach(checkpoint ->
                checkpoint.metrics().fullValidLoss().ifPresent(loss -> losses.add(checkpoint.stepNumber() + "=" + loss)));
        require(!losses.isEmpty(), "no checkpoint carries a validation loss");
        for (String model : List.of(arguments[0], job.fineTunedModel().orElseThrow())) {
            require(!chat(client, model).isEmpty(), model + " says nothing");
        }
        System.out.println("java: " + job.id() + " " + job.fineTunedModel().orElseThrow() + " trained "
                + job.trainedTokens().orElseThrow() + " tokens, validation loss by step " + losses);
    }

    private static String chat(OpenAIClient client, String model) {
        return client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model(model)
                        .addUserMessage("Where is my Lumo Kettle?")
                        .temperature(0)
                        .maxCompletionTokens(32)
                        .build())
                .choices()
                .get(0)
                .message()
                .content()
                .orElseThrow();
    }

    private static String upload(OpenAIClient client, String path) throws InterruptedException {
        FileObject file = client.files().create(
                FileCreateParams.builder().file(Path.of(path)).purpose(FilePurpose.FINE_TUNE).build());
        while (client.files().retrieve(file.id()).status().equals(FileObject.Status.UPLOADED)) {
            Thread.sleep(200);
        }
        return file.id();
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
