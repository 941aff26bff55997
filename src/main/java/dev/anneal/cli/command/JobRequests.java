package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.text;

import dev.anneal.cli.Cli;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.ApiException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Completes requests of jobs with their files. What can be refused without them is, before one is uploaded. */
final class JobRequests {

    static final String ESTIMATE = "/v1/fine_tuning/estimate";

    private static final String TRAINING_FILE = "training_file";
    private static final List<String> FILES = List.of(TRAINING_FILE, "validation_file");
    /** No file has this id. */
    private static final String NOT_YET = "file-not-uploaded-yet";

    /** Refusals of the key and of the load, not of the request. */
    private static final Set<Integer> NOT_ABOUT_SETTINGS = Set.of(401, 403, 429);

    private final Cli cli;
    private final AnnealApi api;
    private final LocalFiles files;

    JobRequests(Cli cli, AnnealApi api, LocalFiles files) {
        this.cli = cli;
        this.api = api;
        this.files = files;
    }

    /** Replaces the paths of local files by ids. */
    void complete(ObjectNode request) throws IOException {
        require(request, "model", "--model is missing; 'anneal models' lists what can be trained");
        require(request, TRAINING_FILE, "--train is missing; it takes a file here, or the id of an uploaded one");
        List<String> here = new ArrayList<>();
        for (String key : FILES) {
            if (request.path(key).isString() && LocalFiles.isHere(text(request.path(key)))) {
                here.add(key);
            }
        }
        List<String> missing = new ArrayList<>();
        for (String key : here) {
            Optional<String> stored = files.stored(text(request.path(key)));
            stored.ifPresentOrElse(id -> request.put(key, id), () -> missing.add(key));
        }
        if (!missing.isEmpty()) {
            ObjectNode dry = request.deepCopy();
            missing.forEach(key -> dry.put(key, NOT_YET));
            tryWithoutFiles(dry);
        }
        for (String key : missing) {
            request.put(key, files.uploadChecked(text(request.path(key))));
        }
    }

    private void require(ObjectNode request, String key, String missing) {
        if (text(request.path(key)).isEmpty()) {
            throw cli.wrongLine(missing);
        }
    }

    /** A dry run, in which only the files may be at fault. */
    private void tryWithoutFiles(ObjectNode request) {
        try {
            api.post(ESTIMATE, request);
        } catch (ApiException refusal) {
            boolean isOfFiles = refusal.param() != null && FILES.contains(refusal.param());
            if (!isOfFiles && !NOT_ABOUT_SETTINGS.contains(refusal.status())) {
                throw refusal;
            }
        }
    }
}
