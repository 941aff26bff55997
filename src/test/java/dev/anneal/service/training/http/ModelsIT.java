package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.models.models.Model;
import dev.anneal.service.ServiceTest;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** Base models through OpenAI's strict client, and ids with a slash. */
class ModelsIT extends ServiceTest {

    @Test
    void bundledModelIsListedAndRetrieved() {
        OpenAIClient client = openai(ALPHA);

        assertThat(client.models().list().autoPager().stream().map(Model::id)).contains("anneal-tiny");
        assertThat(client.models().retrieve("anneal-tiny").validate().created()).isPositive();
    }

    @Test
    void idWithASlashIsUnderstoodRawAndEncoded() {
        for (String id : new String[] {"Qwen/Qwen3-8B", "Qwen%2FQwen3-8B", "ft:Qwen%2FQwen3-8B:alpha:x:y"}) {
            HttpResponse<String> answer = get(ALPHA, "/v1/models/" + id);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(json(answer).path("error").path("message").stringValue())
                    .isEqualTo("No such model: '" + id.replace("%2F", "/") + "'");
        }
    }

    @Test
    void baseModelIsNotDeleted() {
        HttpResponse<String> answer =
                send(request(ALPHA, "/v1/models/anneal-tiny").method("DELETE", HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("base model");
    }
}
