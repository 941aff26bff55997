import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponse;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.jobs.checkpoints.FineTuningJobCheckpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the programs of this folder do alike with the official OpenAI SDK. */
final class Jobs {

    private final OpenAIClient client =
            OpenAIOkHttpClient.builder().fromEnv().responseValidation(true).build();

    /** OpenAI's client in its strictest mode: every reply is validated. */
    OpenAIClient client() {
        return client;
    }

    /** Uploads a dataset and waits until it is found usable. */
    private String upload(String path) throws InterruptedException {
        FileObject file = client.files().create(
                FileCreateParams.builder().file(Path.of(path)).purpose(FilePurpose.FINE_TUNE).build());
        while (file.status().equals(FileObject.Status.UPLOADED)) {
            Thread.sleep(200);
            file = client.files().retrieve(file.id()).validate();
        }
        require(file.status().equals(FileObject.Status.PROCESSED), path + " ended as " + file);
        return file.id();
    }

    /**
     * Uploads the datasets, trains the model on them and follows the job to its end, which must be a good one.
     *
     * @param arguments of the program: model, training and validation file
     */
    FineTuningJob trained(String[] arguments, JobCreateParams.Builder settings) throws InterruptedException {
        return succeeded(client.fineTuning().jobs().create(settings.model(arguments[0])
                .trainingFile(upload(arguments[1]))
                .validationFile(upload(arguments[2]))
                .seed(7)
                .build()));
    }

    private FineTuningJob succeeded(FineTuningJob job) throws InterruptedException {
        while (job.finishedAt().isEmpty()) {
            Thread.sleep(500);
            job = client.fineTuning().jobs().retrieve(job.id()).validate();
        }
        require(job.status().equals(FineTuningJob.Status.SUCCEEDED), "the job ended as " + job.status() + " " + job.error());
        return job;
    }

    /** What a job leaves behind; of its result file the last row, by column. */
    record Left(List<FineTuningJobEvent> events, List<FineTuningJobCheckpoint> checkpoints, Map<String, String> last) {

        /** Whether an event tells the metric. */
        boolean tells(String metric) {
            return events.stream().anyMatch(event -> event._data().toString().contains(metric + "="));
        }
    }

    Left left(FineTuningJob job) throws IOException {
        List<FineTuningJobEvent> events = client.fineTuning().jobs().listEvents(job.id()).autoPager().stream()
                .map(FineTuningJobEvent::validate)
                .toList();
        List<FineTuningJobCheckpoint> checkpoints = client.fineTuning().jobs().checkpoints().list(job.id()).autoPager().stream()
                .map(FineTuningJobCheckpoint::validate)
                .toList();
        require(!events.isEmpty() && !checkpoints.isEmpty(), "there are no events or no checkpoints");
        client.models().retrieve(job.fineTunedModel().orElseThrow()).validate();
        client.files().retrieve(job.resultFiles().get(0)).validate();
        try (HttpResponse results = client.files().content(job.resultFiles().get(0))) {
            List<String> lines = new String(results.body().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            String[] names = lines.get(0).split(",");
            String[] cells = lines.get(lines.size() - 1).split(",", -1);
            Map<String, String> last = new HashMap<>();
            for (int i = 0; i < names.length; i++) {
                last.put(names[i], cells[i]);
            }
            return new Left(events, checkpoints, last);
        }
    }

    /** Asks a model as a whole and as a stream, which must say the same. */
    String said(String model, String question) {
        ChatCompletionCreateParams asked = ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage(question)
                .temperature(0)
                .maxCompletionTokens(32)
                .build();
        ChatCompletion whole = client.chat().completions().create(asked).validate();
        String text = whole.choices().get(0).message().content().orElseThrow();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(asked)) {
            String streamed = stream.stream()
                    .flatMap(chunk -> chunk.validate().choices().stream())
                    .flatMap(choice -> choice.delta().content().stream())
                    .collect(Collectors.joining());
            require(streamed.equals(text), "streamed, " + model + " says " + streamed + " instead of " + text);
        }
        require(!text.isEmpty(), model + " says nothing");
        return text;
    }

    static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
