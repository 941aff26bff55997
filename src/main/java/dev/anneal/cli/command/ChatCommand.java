package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.text;

import dev.anneal.cli.Cli;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.ApiException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Chats with a model: one message of the command line, or one for each line of standard input. */
@Command(
        name = "chat",
        description = "Chat with a model, streamed: one message, or each line of standard input as one.")
public final class ChatCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.shared();

    @ParentCommand
    private Cli cli;

    @Parameters(index = "0", paramLabel = "MODEL")
    private String model = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "MESSAGE")
    private @Nullable String message;

    @Option(names = "--system", description = "System message.")
    private @Nullable String system;

    @Option(
            names = "--max-tokens",
            defaultValue = "256",
            description = "Longest answer, tokens. Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(
            names = "--temperature",
            defaultValue = "0",
            description = "Default: ${DEFAULT-VALUE}, which always picks the most likely token.")
    private double temperature;

    @Option(names = "--draft", description = "A tuned draft, or 'none'; by default the model's own.")
    private @Nullable String draft;

    @Override
    public Integer call() throws IOException {
        AnnealApi api = cli.generatingApi();
        ArrayNode turns = JSON.createArrayNode();
        if (system != null) {
            turns.addObject().put("role", "system").put("content", system);
        }
        if (message != null) {
            answer(api, turns, message);
            return 0;
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        prompt();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
                answer(api, turns, line);
            }
            prompt();
        }
        return 0;
    }

    private void prompt() {
        if (cli.isTerminal()) {
            cli.out().print("> ");
            cli.out().flush();
        }
    }

    private void answer(AnnealApi api, ArrayNode turns, String asked) {
        turns.addObject().put("role", "user").put("content", asked);
        ObjectNode request = JSON.createObjectNode()
                .put("model", model)
                .put("stream", true)
                .put("max_completion_tokens", maxTokens)
                .put("temperature", temperature);
        request.set("messages", turns.deepCopy());
        if (draft != null) {
            request.putObject("anneal").put("draft", draft.equals("none") ? null : draft);
        }
        StringBuilder answer = new StringBuilder();
        api.events("/v1/chat/completions", request, data -> take(data, answer));
        cli.out().println();
        cli.out().flush();
        turns.addObject().put("role", "assistant").put("content", answer.toString());
    }

    private boolean take(String data, StringBuilder answer) {
        if (data.equals("[DONE]")) {
            return false;
        }
        JsonNode chunk = JSON.readTree(data);
        if (chunk.has("error")) {
            throw new ApiException(500, text(chunk.at("/error/code")), text(chunk.at("/error/message")));
        }
        String piece = text(chunk.at("/choices/0/delta/content"));
        answer.append(piece);
        cli.out().print(cli.isJson() ? chunk + System.lineSeparator() : piece);
        cli.out().flush();
        return true;
    }
}
